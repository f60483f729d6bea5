import { expect } from 'chai';
import type { MonitoringStackSpec } from '../../../api/monitoring-stack.ts';
import { stackInput } from '../../../testing/stack-case.ts';
import { renderStack } from '../../render-stack.ts';

type Settings = NonNullable<NonNullable<MonitoringStackSpec['exporters']>['kubeState']>;
interface Rule { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] }

const objects = (kubeState: Settings = {}) => renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec: { scope: 'Cluster', exporters: { kubeState } } })).objects
  .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'kube-state-metrics');

/** Resources by ClusterRole. */
const readable = (kubeState?: Settings): Record<string, string[]> =>
  Object.fromEntries(objects(kubeState).filter(({ kind }) => kind === 'ClusterRole').map(({ metadata, rules }) => [metadata.name.replace('belfry-kube-state-metrics-monitoring-cluster', ''), (rules as Rule[]).flatMap(({ resources }) => resources).sort()]));

describe('render/exporters/kube-state-metrics', () => {
  it('reads no Secrets and no ConfigMaps, and only lists and watches', () => {
    const { '': read = [], ...others } = readable();
    expect(others).to.deep.equal({});
    expect(read).to.include.members(['pods', 'nodes', 'deployments', 'leases']);
    expect(read).not.to.include('secrets');
    expect(read).not.to.include('configmaps');
    const verbs = objects().filter(({ kind }) => kind === 'ClusterRole').flatMap(({ rules }) => (rules as Rule[]).flatMap((rule) => rule.verbs));
    expect(new Set(verbs)).to.deep.equal(new Set(['list', 'watch']));
  });

  it('reads what is asked for and nothing else, and what is not usual by a role of its own', () => {
    expect(readable({ resources: ['pods', 'secrets', 'pods'] })).to.deep.equal({ '': ['pods'], '-further': ['secrets'] });
    expect(readable({ resources: ['pods'], customResources: [{ group: 'example.com', version: 'v1', kind: 'Shop', plural: 'shops', metrics: [{ name: 'a', each: { type: 'Info', info: {} } }] }] })).to.deep.equal({
      '': ['pods'], '-custom': ['customresourcedefinitions', 'shops'],
    });
  });

  it('runs once, or shares the work among pods that know each other', () => {
    const workload = (kubeState?: Settings) => objects(kubeState).find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    expect(workload()).to.deep.include({ kind: 'Deployment' });
    expect(workload()?.['spec']).to.deep.include({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(workload({ shards: 3 })).to.deep.include({ kind: 'StatefulSet' });
    expect(workload({ shards: 3 })?.['spec']).to.deep.include({ replicas: 3, serviceName: 'kube-state-metrics-cluster' });
    expect(objects({ shards: 3 }).map(({ kind }) => kind)).to.include.members(['Role', 'RoleBinding', 'PodDisruptionBudget']);
    expect(objects().map(({ kind }) => kind)).not.to.include('Role');
  });

  it('begins anew when its config of custom resources changes, and only then', () => {
    const template = (name: string): string => {
      const found = objects({ customResources: [{ group: 'example.com', version: 'v1', kind: 'Shop', plural: 'shops', metrics: [{ name, each: { type: 'Info', info: {} } }] }] }).find(({ kind }) => kind === 'Deployment');
      return JSON.stringify((found?.['spec'] as { template?: object } | undefined)?.template);
    };
    expect(template('a')).to.equal(template('a'));
    expect(template('a')).not.to.equal(template('b'));
  });
});
