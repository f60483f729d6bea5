/** A node with the operator and a whole stack on it: what node tests and benchmarks begin with. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectlOk, runCommand } from './kubectl.ts';
import { startNode, type RunningNode } from './node.ts';
import { freePorts, startProgram, type Program } from './process.ts';

/** Everything the demo's story needs, by the names its pods ask for. */
export const STORY_IMAGES = [
  'quay.io/prometheus/prometheus:v3.15.0', 'quay.io/prometheus/alertmanager:v0.31.1', 'docker.io/grafana/grafana:13.1.3',
  'quay.io/prometheus/node-exporter:v1.12.1', 'quay.io/prometheus/blackbox-exporter:v0.28.0',
  'belfry.dev/demo/shop:dev', 'belfry.dev/demo/pager:dev',
] as const;

/** A running stack. */
export interface RunningStack {
  readonly node: RunningNode;
  /** An administrator's. */
  readonly kubeconfig: string;
  readonly operator: Program;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');

/** Starts a node, installs the CRDs, runs the operator as a process beside it, applies the demo's story and waits until all is Ready. */
export async function startStack(progress: (line: string) => void = () => undefined): Promise<RunningStack> {
  const node = await startNode({ images: STORY_IMAGES, audit: true, progress });
  try {
    const { kubeconfig } = node;
    const belfry = [process.execPath, join(ROOT, 'dist/belfry.js')];
    const { stdout: crds } = await runCommand([...belfry, 'install', '--crds-only']);
    await kubectlOk(kubeconfig, ['apply', '-f', '-'], { stdin: crds });
    await kubectlOk(kubeconfig, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    await kubectlOk(kubeconfig, ['create', 'namespace', 'belfry-system']);
    const [port] = await freePorts(1);
    // Its own user, so that an audit log tells its writes from ours.
    const user = await node.controlPlane.kubeconfigFor({ user: 'belfry', groups: ['system:masters'] });
    const operator = await startProgram({
      name: 'belfry',
      command: [...belfry, 'run', '--kubeconfig', user, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${port}`],
      logFile: join(node.controlPlane.dir, 'belfry.log'),
      ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    });
    progress('the operator runs');
    await kubectlOk(kubeconfig, ['apply', '-f', '-'], { stdin: await readFile(join(ROOT, 'e2e/demo/story.yaml'), 'utf8') });
    await kubectlOk(kubeconfig, ['wait', '--for=condition=Ready', 'mstack/shop', 'scrapetarget/checkout', 'alertpolicy/checkout', '-n', 'shop', '--timeout=120s']);
    progress('the stack is Ready');
    return { node, kubeconfig, operator, stop: async () => {
      await operator.stop();
      await node.stop();
    } };
  } catch (error) {
    await node.stop();
    throw error;
  }
}
