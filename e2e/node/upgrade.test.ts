import { expect } from 'chai';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conditionOf, type BelfryResource } from '../support/belfry-resource.ts';
import { kubectl, kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { sharedNode } from '../support/shared-node.ts';
import type { NodeWithOperator } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'upgraded';
const [OLD, NEW] = ['v3.5.1', 'v3.15.0'];
const CLAIM = 'data-prometheus-old-0';

interface Series { readonly metric: Readonly<Record<string, string>>; readonly values?: readonly (readonly [number, string])[] }

const stack = (version: string): object => ({
  apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'old', namespace: NAMESPACE },
  spec: {
    // The empty class asks for a volume that somebody made by hand: the node has nobody who would make one.
    prometheus: { version, storage: { size: '1Gi', className: '' }, scrape: { interval: '1s', timeout: '1s' } },
    alertmanager: { enabled: false }, grafana: { enabled: false },
  },
});

describe('a new release of Prometheus on the old volume, on a real node', function () {
  this.timeout(480_000);
  let running: NodeWithOperator;
  let volume = '';

  const here = (args: readonly string[], stdin?: object): Promise<string> => kubectlOk(running.kubeconfig, ['-n', NAMESPACE, ...args], stdin ? { stdin: JSON.stringify(stdin) } : {});
  async function ask<T>(path: string): Promise<T> {
    return (JSON.parse(await here(['get', '--raw', `/api/v1/namespaces/${NAMESPACE}/services/prometheus-old:9090/proxy/api/v1/${path}`])) as { data: T }).data;
  }
  const times = async (): Promise<number[]> => {
    const { result } = await ask<{ result: readonly Series[] }>(`query?query=${encodeURIComponent('up{job="prometheus"}[30m]')}`);
    return result.flatMap(({ values = [] }) => values.map(([time]) => time)).sort((a, b) => a - b);
  };
  const untilLive = (version: string): Promise<unknown> => waitFor(`the stack to be ready with ${version}`, async (seen) => {
    const found = await kubectlJson<BelfryResource>(running.kubeconfig, ['get', 'mstack', 'old', '-n', NAMESPACE]);
    seen([found.status, (await kubectl(running.kubeconfig, ['get', 'pods,pvc', '-n', NAMESPACE])).stdout]);
    return conditionOf(found, 'ComponentsReady')?.status === 'True' && conditionOf(found, 'ConfigLive')?.status === 'True' && (await ask<{ version: string }>('status/buildinfo')).version === version.slice(1);
  }, { timeoutMs: 240_000, intervalMs: 500 });

  before(async () => {
    running = await sharedNode();
    await running.node.loadImages([`quay.io/prometheus/prometheus:${OLD}`, `quay.io/prometheus/prometheus:${NEW}`]);
    volume = await mkdtemp(join(tmpdir(), 'belfry-volume-'));
    await chmod(volume, 0o777); // Prometheus is nobody, and a folder of the node belongs to whoever made it
    await kubectlOk(running.kubeconfig, ['create', 'namespace', NAMESPACE]);
    await here(['apply', '-f', '-'], {
      apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'belfry-upgrade' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: '', persistentVolumeReclaimPolicy: 'Retain', hostPath: { path: volume }, claimRef: { namespace: NAMESPACE, name: CLAIM } },
    });
    await here(['apply', '-f', '-'], stack(OLD));
  });
  after(async () => {
    if (running) {
      await here(['delete', 'mstack', 'old', '--ignore-not-found', '--timeout=180s']);
      await waitFor('its pods to go', async () => (await here(['get', 'pods', '-l', 'belfry.dev/stack=old', '-o', 'name'])).trim() === '', { timeoutMs: 180_000, intervalMs: 1_000 });
      await kubectlOk(running.kubeconfig, ['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=180s']);
      await kubectlOk(running.kubeconfig, ['delete', 'pv', 'belfry-upgrade', '--ignore-not-found', '--timeout=90s']);
    }
    if (volume !== '') await rm(volume, { recursive: true, force: true });
  });

  it(`keeps the samples of ${OLD} when the stack says ${NEW}`, async () => {
    await untilLive(OLD);
    const before = await waitFor('ten samples', async () => {
      const found = await times();
      return found.length >= 10 ? found : undefined;
    }, { timeoutMs: 120_000, intervalMs: 500 });
    const claim = await kubectlJson<{ metadata: { uid: string } }>(running.kubeconfig, ['get', 'pvc', CLAIM, '-n', NAMESPACE]);

    await here(['apply', '-f', '-'], stack(NEW));
    await untilLive(NEW);
    const after = await waitFor('samples of the new one', async (seen) => {
      const found = await times();
      seen(found);
      return (found.at(-1) ?? 0) > (before.at(-1) ?? 0) + 3 ? found : undefined;
    }, { timeoutMs: 120_000, intervalMs: 500 });
    expect(before.filter((time) => !after.includes(time)), 'samples that are lost').to.deep.equal([]);
    const gap = Math.max(...after.slice(1).map((time, index) => time - (after[index] ?? time)));
    process.stdout.write(`      ${before.length} samples of ${OLD} are there; ${gap.toFixed(1)} s without one while the pod was replaced\n`);
    expect((await kubectlJson<{ metadata: { uid: string } }>(running.kubeconfig, ['get', 'pvc', CLAIM, '-n', NAMESPACE])).metadata.uid).to.equal(claim.metadata.uid);
  });

  it('keeps the claim when the stack goes', async () => {
    await here(['delete', 'mstack', 'old', '--timeout=180s']);
    await waitFor('its pods to go', async () => (await here(['get', 'pods', '-l', 'belfry.dev/stack=old', '-o', 'name'])).trim() === '', { timeoutMs: 180_000, intervalMs: 1_000 });
    expect(await here(['get', 'pvc', CLAIM, '-o', 'name'])).to.include(CLAIM);
  });
});
