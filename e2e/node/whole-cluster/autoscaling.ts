import { expect } from 'chai';
import { shown } from '../../support/shown.ts';
import { waitFor } from '../../support/wait-for.ts';
import { SHOP } from './stack.ts';
import type { WholeCluster } from './world.ts';

const GROUP = 'Autoscaling';

interface Autoscaler {
  readonly status?: { readonly currentReplicas?: number; readonly desiredReplicas?: number; readonly currentMetrics?: readonly unknown[]; readonly conditions?: readonly unknown[] };
}

/** Deployments that grow and shrink with a metric: the kubelet's CPU by metrics-server, and any series by prometheus-adapter. */
export function autoscaling(cluster: WholeCluster): void {
  const seconds = (since: number): string => `${Math.round((performance.now() - since) / 1_000)} s`;
  const autoscaler = (name: string): Promise<Autoscaler> => cluster.json<Autoscaler>('get', 'hpa', name, '-n', SHOP);

  async function replicas(name: string, wanted: number): Promise<string> {
    const since = performance.now();
    await waitFor(`${name} to have ${wanted} replicas`, async (seen) => {
      const { spec } = await cluster.json<{ spec: { replicas: number } }>('get', 'deployment', name, '-n', SHOP);
      seen([spec.replicas, (await autoscaler(name)).status]);
      return spec.replicas === wanted;
    }, { timeoutMs: 240_000, intervalMs: 1_000 });
    return seconds(since);
  }

  const firstPod = async (name: string): Promise<string> => (await cluster.kube('get', 'pods', '-n', SHOP, '-l', `app=${name}`, '--field-selector=status.phase=Running', '-o', 'jsonpath={.items[0].metadata.name}')).trim();

  describe('autoscalers', () => {
    // One after the other the two would wait twice for the same rounds of metrics.
    it('scale a Deployment up and down, on CPU and on a series of its own', async () => {
      const load: Readonly<Record<string, readonly [string, string]>> = { burner: ['cpu?millis=150', 'cpu?millis=0'], worker: ['queue?length=30', 'queue?length=0'] };
      const scale = async ([name, [more, less]]: readonly [string, readonly [string, string]]): Promise<readonly [string, string, string]> => {
        await waitFor(`the metric of ${name}`, async (seen) => {
          const { status } = await autoscaler(name);
          seen(status);
          return (status?.currentMetrics ?? []).length > 0;
        }, { timeoutMs: 240_000, intervalMs: 1_000 });
        const pod = await firstPod(name);
        await cluster.post(SHOP, pod, more);
        const up = await replicas(name, 3);
        await cluster.post(SHOP, pod, less);
        return [name, up, await replicas(name, 1)];
      };
      const took = await Promise.all(Object.entries(load).map(scale));
      const events = await cluster.kube('get', 'events', '-n', SHOP, '--field-selector=reason=SuccessfulRescale', '-o', 'jsonpath={range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}');
      expect(events).to.match(/burner: New size: 3; reason: cpu resource utilization .* above target/).and.to.match(/worker: New size: 3; reason: pods metric queue_length above target/);
      for (const [name, up, down] of took) {
        shown({
          group: GROUP,
          what: name === 'burner' ? 'an HPA scales on CPU, by metrics-server' : 'an HPA scales on a series of the application, by prometheus-adapter',
          how: name === 'burner' ? 'a pod that requests 50m of CPU burns 150m, later nothing; target 50%' : '`queue_length` of one pod goes to 30, later to 0; target 10 on average; `metricsApi.custom.rules: [{ series: ... }]`',
          result: `1 to 3 replicas after ${up}, back to 1 after ${down}`,
        });
      }
    });
  });
}
