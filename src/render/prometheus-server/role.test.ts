import { expect } from 'chai';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { stackInput } from '../../testing/stack-case.ts';
import { renderStack } from '../render-stack.ts';

interface Rule { readonly resources?: readonly string[]; readonly verbs: readonly string[] }

function roles(spec: MonitoringStackSpec, selected: readonly string[] = ['shop']): string[] {
  const { objects } = renderStack(stackInput({ spec, namespaces: Object.fromEntries(selected.map((name) => [name, {}])) }));
  return objects
    .filter(({ kind, metadata }) => (kind === 'Role' || kind === 'ClusterRole') && metadata.labels?.['app.kubernetes.io/name'] === 'prometheus')
    .map(({ kind, metadata, rules }) => `${kind} ${metadata.namespace ?? '*'}: ${(rules as Rule[]).flatMap(({ resources = ['metrics'] }) => resources).join(' ')}`);
}

const DISCOVERY = 'pods services endpointslices ingresses';
const NODES = 'nodes nodes/metrics metrics';
const team = { namespaces: { matchLabels: { team: 'a' } } };

describe('render/prometheus-server/role', () => {
  it('reads its own namespace and nothing else', () => {
    expect(roles({})).to.deep.equal([`Role shop: ${DISCOVERY}`]);
  });
  it('reads each selected namespace, by a Role in it', () => {
    expect(roles({ select: team }, ['web', 'db'])).to.deep.equal([`Role db: ${DISCOVERY}`, `Role shop: ${DISCOVERY}`, `Role web: ${DISCOVERY}`]);
  });
  it('reads the nodes of a cluster, but pods only where it is let, and where Kubernetes itself and the operator run', () => {
    const kubernetes = { kubernetes: { enabled: false } };
    expect(roles({ scope: 'Cluster', select: team, ...kubernetes }, ['web'])).to.deep.equal([`Role belfry-system: ${DISCOVERY}`, `Role shop: ${DISCOVERY}`, `Role web: ${DISCOVERY}`, `ClusterRole *: ${NODES}`]);
    expect(roles({ scope: 'Cluster', select: team }, ['web'])).to.deep.equal([
      `Role belfry-system: ${DISCOVERY}`, `Role default: ${DISCOVERY}`, `Role kube-system: ${DISCOVERY}`, `Role shop: ${DISCOVERY}`, `Role web: ${DISCOVERY}`, `ClusterRole *: ${NODES}`,
    ]);
  });
  it('reads everything where it selects everything', () => {
    expect(roles({ scope: 'Cluster' })).to.deep.equal([`ClusterRole *: ${DISCOVERY} ${NODES}`]);
  });
  it('reads all namespaces, but no nodes, where targets may reach across namespaces', () => {
    expect(roles({ select: { crossNamespace: true } })).to.deep.equal([`ClusterRole *: ${DISCOVERY}`]);
  });
  it('gets one ClusterRole in place of very many Roles', () => {
    expect(roles({ select: team }, Array.from({ length: 50 }, (_, index) => `n-${index}`))).to.deep.equal([`ClusterRole *: ${DISCOVERY}`]);
  });
  it('only ever reads', () => {
    for (const spec of [{}, { scope: 'Cluster' as const }, { select: { crossNamespace: true } }]) {
      const { objects } = renderStack(stackInput({ spec }));
      const verbs = objects.filter(({ kind, metadata }) => kind.endsWith('Role') && metadata.labels?.['app.kubernetes.io/name'] === 'prometheus').flatMap(({ rules }) => (rules as Rule[]).flatMap((rule) => rule.verbs));
      expect(new Set(verbs)).to.deep.equal(new Set([...verbs].filter((verb) => ['get', 'list', 'watch'].includes(verb))));
    }
  });
});
