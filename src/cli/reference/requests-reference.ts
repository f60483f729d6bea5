import { LABEL_NAME } from '../../api/group.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { renderStack } from '../../render/render-stack.ts';
import { DEFAULT_INSTALL, operatorManifests } from '../install-manifests.ts';
import { offlineStacks } from '../offline-stacks.ts';
import { KUBE_PROMETHEUS, KUBE_PROMETHEUS_REQUESTS, type PodRequests } from './kube-prometheus-requests.ts';

/** docs/requests.md: what a stack of scope Cluster asks the scheduler for, computed from what is rendered, beside another's. */
export function requestsReference(): string {
  const own = ownRequests({});
  const asked = ownRequests(ASKED).filter(({ component }) => !own.some((one) => one.component === component));
  const components = [...new Set([...own, ...KUBE_PROMETHEUS_REQUESTS].map(({ component }) => component))];
  const of = (all: readonly PodRequests[], component: string): PodRequests | undefined => all.find((one) => one.component === component);
  return `# What a stack of a whole cluster asks for

Generated: ours from the objects that \`belfry install\` prints and that a MonitoringStack with \`scope: Cluster\` and nothing else becomes;
kube-prometheus' from the manifests of its release ${KUBE_PROMETHEUS} as they come, with the config reloaders that its operator adds. These are
requests, what the scheduler sets aside, not use; both are meant to be changed (\`pod.resources\` of each component here).

| component | Belfry | | | kube-prometheus | | |
|---|---|---|---|---|---|---|
| | pods | CPU | memory | pods | CPU | memory |
${components.map((component) => `| ${component} | ${cells(of(own, component))} | ${cells(of(KUBE_PROMETHEUS_REQUESTS, component))} |\n`).join('')}${[1, 10, 100].map((nodes) => `| **all, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}** | | ${sums(own, nodes)} | | ${sums(KUBE_PROMETHEUS_REQUESTS, nodes)} |\n`).join('')}| **all, 10 nodes, as many replicas** | | ${sums(ownRequests(REPLICAS), 10)} | | ${sums(KUBE_PROMETHEUS_REQUESTS, 10)} |

When asked for:

| component | pods | CPU | memory |
|---|---|---|---|
${asked.map((one) => `| ${one.component} | ${cells(one)} |\n`).join('')}
What explains the differences:

- Two Prometheus and three Alertmanagers there, one of each here: the last row is with \`prometheus.replicas: 2\` and \`alertmanager.replicas: 3\`.
- Prometheus is given no CPU there and ${cpu(of(own, 'prometheus')?.cpu ?? 0)} here, so that it is not the first to starve on a busy node.
- No proxies beside the exporters here: NetworkPolicies say who may ask them; there each exporter has a kube-rbac-proxy.
- No config reloader here: Prometheus reads its files by itself ([how](design/0004-live-is-proved.md)).
- metrics-server there is prometheus-adapter, which answers \`kubectl top\` from Prometheus; the blackbox exporter comes here with the first ScrapeTarget that probes.
`;
}

/** As many as there. */
const REPLICAS = { prometheus: { replicas: 2 }, alertmanager: { replicas: 3 } };

const ASKED = {
  exporters: { blackbox: {}, pushgateway: {}, nodeProblemDetector: {} },
  metricsApi: { custom: { rules: [{ series: 'http_requests_total' }] } },
};

function ownRequests(spec: object): PodRequests[] {
  const stack = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'cluster', namespace: 'monitoring' }, spec: { scope: 'Cluster', ...spec } };
  const { inputs } = offlineStacks({ manifests: [{ file: 'stack.yaml', line: 1, lineOf: () => 1, object: stack }], problems: [] }, 'monitoring');
  const objects = [...inputs.flatMap((input) => renderStack(input).objects), ...operatorManifests(DEFAULT_INSTALL)];
  return objects.flatMap((object) => {
    const template = (object['spec'] as Workload | undefined)?.template;
    return template && WORKLOADS.includes(object.kind) ? [podRequests(object, template.spec.containers)] : [];
  });
}

const WORKLOADS: readonly string[] = ['DaemonSet', 'Deployment', 'StatefulSet'];

interface Container { readonly resources?: { readonly requests?: Readonly<Record<string, string>> } }
interface Workload { readonly replicas?: number; readonly template?: { readonly spec: { readonly containers: readonly Container[] } } }

function podRequests(object: KubeObject, containers: readonly Container[]): PodRequests {
  const name = object.metadata.labels?.[LABEL_NAME] ?? object.metadata.name;
  const sum = (of: (requests: Readonly<Record<string, string>>) => number): number => containers.reduce((total, { resources }) => total + of(resources?.requests ?? {}), 0);
  return {
    component: name === 'belfry' ? 'operator' : name,
    pods: object.kind === 'DaemonSet' ? 'each node' : (object['spec'] as Workload).replicas ?? 1,
    cpu: sum(({ cpu: text = '0' }) => millicores(text)),
    memory: sum(({ memory: text = '0Mi' }) => mebibytes(text)),
  };
}

/** `50m` or `2` to thousandths of a core. */
function millicores(text: string): number {
  const [, number = '', thousandths] = /^([0-9.]+)(m?)$/.exec(text) ?? [];
  if (number === '') throw new Error(`no CPU quantity: ${text}`);
  return thousandths ? Number(number) : Number(number) * 1_000;
}

/** `512Mi` or `1Gi` to MiB. */
function mebibytes(text: string): number {
  const [, number = '', unit] = /^([0-9]+)(Mi|Gi)$/.exec(text) ?? [];
  if (number === '') throw new Error(`no memory quantity: ${text}`);
  return Number(number) * (unit === 'Gi' ? 1_024 : 1);
}

function cells(one: PodRequests | undefined): string {
  return one ? `${one.pods} | ${cpu(one.cpu)} | ${memory(one.memory)}` : '| |';
}

function sums(all: readonly PodRequests[], nodes: number): string {
  const sum = (of: 'cpu' | 'memory'): number => all.reduce((total, one) => total + one[of] * (one.pods === 'each node' ? nodes : one.pods), 0);
  return `${cpu(sum('cpu'))} | ${memory(sum('memory'))}`;
}

const cpu = (thousandths: number): string => `${thousandths}m`;
const memory = (mib: number): string => `${mib}Mi`;
