/**
 * How long the command takes, as a whole process, and what the operator needs with one idle stack.
 *
 *   node e2e/bench/cli.ts [--runs 15] [--no-operator] [-o json]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../support/control-plane.ts';
import { crdsEstablished } from '../support/crds.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { freePorts, startProgram } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';
import { belfry } from './scale/belfry.ts';
import { describeMachine } from './scale/machine.ts';
import { memory } from './scale/usage.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUNDLE = join(ROOT, 'dist/belfry.js');
const IDLE_S = 30;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    'no-operator': { type: 'boolean', default: false },
    out: { type: 'string' },
    output: { type: 'string', short: 'o' },
  },
});
const example = largestExample();
const result = {
  machine: describeMachine(),
  helpMs: medianOf(['--help']),
  render: {
    example,
    ms: medianOf(['render', '-f', join(ROOT, 'examples', example)]),
    // As the very first call: nothing was compiled before.
    firstMs: medianOf(['render', '-f', join(ROOT, 'examples', example)], { NODE_DISABLE_COMPILE_CACHE: '1' }),
  },
  ...(values['no-operator'] ? {} : { operator: await idleOperator() }),
};
if (values.out !== undefined) writeFileSync(join(values.out, 'cli.json'), `${JSON.stringify(result, null, 2)}\n`);
if (values.output === 'json') process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  process.stdout.write(`belfry --help: ${result.helpMs} ms\nbelfry render -f examples/${example}: ${result.render.ms} ms; the first call, with nothing compiled yet: ${result.render.firstMs} ms\n`);
  if (result.operator) process.stdout.write(`the operator with one idle stack: ${mib(result.operator.now)}, at most ${mib(result.operator.peak)}\n`);
}
process.exit(0);

/** Median time of whole processes, in milliseconds. */
function medianOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const times = Array.from({ length: Number(values.runs) }, () => {
    const begun = performance.now();
    execFileSync(process.execPath, [BUNDLE, ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } });
    return performance.now() - begun;
  }).sort((a, b) => a - b);
  return Math.round(times[Math.floor(times.length / 2)] ?? 0);
}

/** The folder of examples that renders to most. */
function largestExample(): string {
  const folders = readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const rendered = folders.map((folder) => {
    const { stdout } = spawnSync(process.execPath, [BUNDLE, 'render', '-f', join(ROOT, 'examples', folder)], { maxBuffer: 64 * 1024 * 1024 });
    return { folder, bytes: stdout.length };
  });
  return rendered.sort((one, other) => other.bytes - one.bytes)[0]?.folder ?? '';
}

async function idleOperator(): Promise<{ readonly now: number; readonly peak: number }> {
  const contender = await belfry();
  const plane = await startControlPlane();
  try {
    await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: await contender.crds() });
    await crdsEstablished(plane.kubeconfig);
    await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'shop']);
    const [port = 0] = await freePorts(1);
    const { command, env = {} } = await contender.command({ kubeconfig: plane.kubeconfig, port });
    const program = await startProgram({ name: 'belfry', command, env, logFile: join(plane.dir, 'belfry.log'), ready: () => contender.ready(port) });
    await kubectlOk(plane.kubeconfig, ['apply', '-f', join(ROOT, 'examples/quickstart'), '--recursive']);
    await waitFor('a StatefulSet', async () => (await kubectlOk(plane.kubeconfig, ['get', 'statefulset', '-n', 'shop', '-o', 'name'])).includes('prometheus'));
    process.stderr.write(`bench-cli: ${IDLE_S} s at rest\n`);
    await new Promise((resolve) => setTimeout(resolve, IDLE_S * 1000));
    const used = await memory(program.pid());
    await program.stop();
    return used;
  } finally {
    await plane.stop();
  }
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
