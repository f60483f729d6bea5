/**
 * How long a change takes from `kubectl apply` to `Live=True`, on a real node, and whether a pod restarted for it.
 *
 *   node e2e/bench/live.ts [--rounds 10] [-o json]
 *
 * It starts a node of its own, with the operator as a process, and ends it afterwards.
 */
import { parseArgs } from 'node:util';
import { kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { waitFor } from '../support/wait-for.ts';
import { startStack } from '../support/stack.ts';

interface Round {
  readonly liveMs: number;
}

interface Target {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly observedGeneration?: number }[] };
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' }, output: { type: 'string', short: 'o' } } });
const stack = await startStack((line) => process.stderr.write(`bench-live: ${line}\n`));
try {
  const restartsBefore = await restarts(stack.kubeconfig);
  const rounds: Round[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    rounds.push(await change(stack.kubeconfig, round));
    process.stderr.write(`bench-live: round ${round}: ${rounds.at(-1)?.liveMs} ms\n`);
  }
  const sorted = rounds.map(({ liveMs }) => liveMs).sort((a, b) => a - b);
  const result = {
    rounds: sorted.length,
    medianMs: median(sorted),
    minMs: sorted[0],
    maxMs: sorted.at(-1),
    podRestarts: (await restarts(stack.kubeconfig)) - restartsBefore,
  };
  if (values.output === 'json') process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`apply to Live=True: median ${result.medianMs} ms, ${result.minMs} to ${result.maxMs} ms over ${result.rounds} changes; pods restarted: ${result.podRestarts}\n`);
} finally {
  await stack.stop();
}

async function change(kubeconfig: string, round: number): Promise<Round> {
  const manifest = {
    apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'checkout', namespace: 'shop' },
    spec: { service: { matchLabels: { app: 'checkout' } }, endpoints: [{ port: 'metrics', interval: '5s' }], labels: { round: `r${round}` } },
  };
  const begun = performance.now();
  await kubectlOk(kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  await waitFor(`round ${round} to be live`, async (seen) => {
    const target = await kubectlJson<Target>(kubeconfig, ['get', 'scrapetarget', 'checkout', '-n', 'shop']);
    const live = target.status?.conditions?.find(({ type }) => type === 'Live');
    seen(live);
    return live?.status === 'True' && live.observedGeneration === target.metadata.generation ? true : undefined;
  }, { timeoutMs: 60_000, intervalMs: 50 });
  const liveMs = Math.round(performance.now() - begun);
  // Another change right behind would ride on the same refresh of the kubelet's; people are slower than that.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return { liveMs };
}

async function restarts(kubeconfig: string): Promise<number> {
  const { items } = await kubectlJson<{ items: { status: { containerStatuses?: { restartCount: number }[] } }[] }>(kubeconfig, ['get', 'pods', '-n', 'shop']);
  return items.flatMap(({ status }) => status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : Math.round(((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2);
}
