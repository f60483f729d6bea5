import { expect } from 'chai';
import { shown } from '../../support/shown.ts';
import { waitFor } from '../../support/wait-for.ts';
import { NAMESPACE, PLUGINS, SCRIPTS } from './stack.ts';
import { STORED } from './subjects.ts';
import type { WholeCluster } from './world.ts';

const GROUP = 'What is not there';

/** Changes of the stack, and components that lack what they need: each says so, with the mend, and the rest goes on. */
export function badInput(cluster: WholeCluster): void {
  /** Components that are not ready, of all but one. */
  const open = async (except: string) => {
    const rows = (await cluster.stack()).status?.components?.filter(({ name }) => name !== except) ?? [];
    expect(rows.length).to.be.greaterThan(7);
    return rows.filter(({ ready }) => ready.split('/')[0] !== ready.split('/')[1]);
  };

  describe('when something changes or is missing', () => {
    it('spreads the objects over shards of kube-state-metrics, each to one of them', async () => {
      await cluster.applyStack({ kubeState: { shards: 2 }, exporters: { node: { port: 10250 } }, metricsApi: { custom: { enabled: false } } });
      await waitFor('both shards', async (seen) => {
        const found = await cluster.component('kube-state-metrics');
        seen(found);
        return found?.ready === '2/2';
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      await waitFor('each pod to be told of once, by either shard', async (seen) => {
        const tellers = (await cluster.query('count by (instance) (kube_pod_info)')).map(({ metric }) => metric['instance'] ?? '').sort();
        const twice = await cluster.query('count by (namespace, pod) (kube_pod_info) > 1');
        seen([tellers, twice]);
        return tellers.join() === 'kube-state-metrics-cluster-0,kube-state-metrics-cluster-1' && twice.length === 0;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
    });

    it('says of a port that is taken on the node whose it is to mend, and the rest goes on', async () => {
      const row = await waitFor('the component to say so', async (seen) => {
        const found = await cluster.component('node-exporter');
        seen(found);
        return found?.message?.includes('spec.exporters.node.port') ? found : undefined;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      expect(row.message).to.contain('address already in use');
      await waitFor('all others to be as they were', async (seen) => {
        const rest = await open('node-exporter');
        seen(rest);
        return rest.length === 0;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      shown({ group: GROUP, what: 'the port of the node exporter is taken on the node', how: `\`exporters.node.port: 10250\`, the kubelet's`, result: `node-exporter ${row.ready}: ${row.message}; all others ready` });
    });

    it('says of a permission that is missing who has to give it, and the rest goes on', async () => {
      await waitFor('the adapter to go', async () => !(await cluster.component('prometheus-adapter')), { timeoutMs: 180_000, intervalMs: 1_000 });
      const role = await cluster.json<{ rules: readonly { apiGroups?: readonly string[] }[] }>('get', 'clusterrole', 'belfry');
      const rules = (kept: typeof role.rules): Promise<string> => cluster.kube('patch', 'clusterrole', 'belfry', '--type=merge', '-p', JSON.stringify({ rules: kept }));
      await rules(role.rules.filter(({ apiGroups = [] }) => !apiGroups.includes('apiregistration.k8s.io')));
      try {
        await cluster.applyStack();
        const row = await waitFor('the component to say so', async (seen) => {
          const found = await cluster.stack();
          seen(found.status);
          return found.status?.components?.find(({ name, message }) => name === 'prometheus-adapter' && message?.includes('apiservices'));
        }, { timeoutMs: 180_000, intervalMs: 1_000 });
        expect(row.message).to.match(/cannot|may not|forbidden/);
        await waitFor('all others to be as they were', async (seen) => {
          const rest = await open('prometheus-adapter');
          seen(rest);
          return rest.length === 0;
        }, { timeoutMs: 180_000, intervalMs: 1_000 });
        shown({ group: GROUP, what: 'the operator may not write APIServices', how: 'the rule on apiregistration.k8s.io taken from its ClusterRole, then prometheus-adapter switched on', result: `prometheus-adapter ${row.ready}: ${row.message}; all others ready` });
      } finally {
        await rules(role.rules);
      }
      await waitFor('the component to be ready', async (seen) => {
        const found = await cluster.component('prometheus-adapter');
        seen(found);
        return found?.ready === '1/1' && !found.message;
      }, { timeoutMs: 240_000, intervalMs: 1_000 });
    });

    it('says of a script that is not there how to make it, and the rest goes on, of the detector too', async () => {
      const absent = { name: 'absent', script: { configMap: { name: SCRIPTS.configMap, key: 'absent.sh' } }, reason: 'NobodyKnows' };
      await cluster.applyStack({ exporters: { nodeProblemDetector: { plugins: [...PLUGINS, absent] } } });
      const row = await waitFor('the component to say so', async (seen) => {
        const found = await cluster.component('node-problem-detector');
        seen(found);
        return found?.message?.includes('absent.sh') ? found : undefined;
      }, { timeoutMs: 60_000, intervalMs: 1_000 });
      expect(row.message).to.contain('plugins[1].script.configMap').and.to.contain(SCRIPTS.key);
      await waitFor('all to be ready', async (seen) => {
        const rest = await open('none');
        seen(rest);
        return rest.length === 0;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      shown({ group: GROUP, what: 'the script of a plugin', how: '`plugins: [..., { name: absent, script: { configMap: { name: npd-scripts, key: absent.sh } } }]`', result: `node-problem-detector 1/1: ${row.message}; all ready` });
    });

    it('says of a volume that nobody provides what to name, and the rest goes on', async () => {
      const status = await waitFor('the component to say so', async (seen) => {
        const found = await cluster.json<Awaited<ReturnType<WholeCluster['stack']>>>('get', 'mstack', 'stored', '-n', STORED);
        seen(found.status);
        const of = (name: string) => found.status?.components?.find((one) => one.name === name);
        return of('prometheus')?.message?.includes('StorageClass') && of('alertmanager')?.ready === '1/1' ? found.status : undefined;
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      const row = status.components?.find(({ name }) => name === 'prometheus');
      shown({ group: GROUP, what: 'no StorageClass is the default', how: '`prometheus.storage: { size: 1Gi }` on a cluster without any', result: `prometheus ${row?.ready}: ${row?.message}; alertmanager 1/1` });
    });
  });

  describe('when it goes', () => {
    it('leaves nothing behind', async () => {
      await cluster.kube('delete', 'mstack', 'cluster', '-n', NAMESPACE, '--timeout=180s');
      await waitFor('our objects to go', async (seen) => {
        const { text } = await cluster.try('get', 'clusterrole,clusterrolebinding,apiservice', '-l', 'belfry.dev/owner', '-o', 'name');
        seen(text);
        return text.trim() === '' || text.startsWith('No resources');
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
    });
  });
}
