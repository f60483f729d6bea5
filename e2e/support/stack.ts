/** A node with the operator and a whole stack on it: what node tests and benchmarks begin with. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectlOk } from './kubectl.ts';
import { startNode, type RunningNode } from './node.ts';
import { FROM_BUNDLE, installOperator } from './operator.ts';
import type { Program } from './process.ts';

/** Everything the demo's story needs, by the names its pods ask for. */
export const STORY_IMAGES = [
  'quay.io/prometheus/prometheus:v3.15.0', 'quay.io/prometheus/alertmanager:v0.31.1', 'docker.io/grafana/grafana:13.1.3',
  'quay.io/prometheus/node-exporter:v1.12.1', 'quay.io/prometheus/blackbox-exporter:v0.28.0',
  'belfry.dev/demo/shop:dev', 'belfry.dev/demo/pager:dev',
] as const;

/** A node, and the operator as a process beside it. */
export interface NodeWithOperator {
  readonly node: RunningNode;
  /** An administrator's. */
  readonly kubeconfig: string;
  readonly operator: Program;
  stop(): Promise<void>;
}

/** A running stack: the demo's, in namespace `shop`. */
export type RunningStack = NodeWithOperator;

const ROOT = join(import.meta.dirname, '../..');

/** Starts a node with the images of the story, installs the CRDs and runs the operator as `npm run build` made it. */
export async function startNodeWithOperator(progress: (line: string) => void = () => undefined): Promise<NodeWithOperator> {
  const node = await startNode({ images: STORY_IMAGES, audit: true, progress });
  try {
    const operator = await installOperator(node.controlPlane, { command: FROM_BUNDLE });
    progress('the operator runs');
    return { node, kubeconfig: node.kubeconfig, operator, stop: async () => {
      await operator.stop();
      await node.stop();
    } };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/** Applies the demo's story and waits until all of it is Ready. */
export async function applyStory(kubeconfig: string): Promise<void> {
  await kubectlOk(kubeconfig, ['apply', '-f', '-'], { stdin: await readFile(join(ROOT, 'e2e/demo/story.yaml'), 'utf8') });
  await kubectlOk(kubeconfig, ['wait', '--for=condition=Ready', 'mstack/shop', 'scrapetarget/checkout', 'alertpolicy/checkout', '-n', 'shop', '--timeout=240s']);
}

/** Starts a node with the operator, and the demo's story on it. */
export async function startStack(progress: (line: string) => void = () => undefined): Promise<RunningStack> {
  const running = await startNodeWithOperator(progress);
  try {
    await applyStory(running.kubeconfig);
    progress('the stack is Ready');
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}
