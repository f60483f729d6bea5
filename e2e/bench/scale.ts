/**
 * What an operator costs at scale: load, single changes, rest, restart, memory; Belfry and then prometheus-operator, one
 * after the other on the same machine, each with a control plane of its own. Needs Linux; nothing else should run.
 *
 *   node e2e/bench/scale.ts [--size 5000] [--changes 20] [--only belfry] [--out docs/benchmarks] [-o json]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { belfry } from './scale/belfry.ts';
import type { Contender } from './scale/contender.ts';
import { describeMachine } from './scale/machine.ts';
import { measure, type Measurement } from './scale/measure.ts';
import { prometheusOperator } from './scale/prometheus-operator.ts';
import { scaleTable } from './scale/table.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '5000' },
    changes: { type: 'string', default: '20' },
    rest: { type: 'string', default: '60' },
    only: { type: 'string' },
    out: { type: 'string' },
    'no-live': { type: 'boolean', default: false },
    bundle: { type: 'string' },
    'node-arg': { type: 'string', multiple: true, default: [] },
    output: { type: 'string', short: 'o' },
  },
});
const progress = (line: string): void => void process.stderr.write(`bench-scale: ${line}\n`);
const contenders: (() => Promise<Contender>)[] = [() => belfry({ nodeArgs: values['node-arg'], ...(values.bundle === undefined ? {} : { bundle: values.bundle }) }), prometheusOperator];
const measurements: Measurement[] = [];
for (const make of contenders) {
  const contender = await make();
  if (values.only !== undefined && values.only !== contender.name) continue;
  measurements.push(await measure(contender, {
    size: Number(values.size), changes: Number(values.changes), restSeconds: Number(values.rest), live: !values['no-live'], progress,
  }));
}
const result = { machine: describeMachine(), date: new Date().toISOString().slice(0, 10), measurements };
if (values.out !== undefined) {
  await mkdir(values.out, { recursive: true });
  await writeFile(join(values.out, `scale-${values.size}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
process.stdout.write(values.output === 'json' ? `${JSON.stringify(result)}\n` : scaleTable(measurements));
process.exit(0);
