import { KUBERNETES_PARTS, type KubernetesPart } from '../../api/cluster-settings.ts';
import type { StackSettings } from '../../api/defaults.ts';

/** What rules can depend on: components, and features of them that have series of their own. */
export type Part = KubernetesPart | keyof typeof IS_ON;

type IsOn = (settings: StackSettings) => boolean;

const IS_ON = {
  // Who watches over the whole cluster watches over the operator too.
  operator: ({ scope }) => scope === 'Cluster',
  alertmanager: ({ alertmanager }) => alertmanager !== undefined,
  alertmanagerReplicas: ({ alertmanager }) => (alertmanager?.replicas ?? 0) > 1,
  remoteWrite: ({ prometheus }) => prometheus.remoteWrite.length > 0,
  thanos: ({ prometheus }) => prometheus.thanos !== undefined,
  querier: ({ prometheus }) => prometheus.thanos?.querier !== undefined,
  grafana: ({ grafana }) => grafana !== undefined,
  // Until something is probed its rules find no series, and cost nothing.
  blackbox: ({ blackbox }) => blackbox.on !== 'Never',
  pushgateway: ({ pushgateway }) => pushgateway !== undefined,
  nodeExporter: ({ nodeExporter }) => nodeExporter !== undefined,
  systemd: ({ nodeExporter }) => nodeExporter?.systemdUnits !== undefined,
  nodeProblemDetector: ({ nodeProblemDetector }) => nodeProblemDetector !== undefined,
  networkFlows: ({ networkFlows }) => networkFlows !== undefined,
  kubeState: ({ kubeState }) => kubeState !== undefined,
  logs: ({ logs }) => logs !== undefined,
  // Their leases can be seen where they themselves cannot be scraped.
  schedulerLease: ({ kubeState, kubernetes }) => kubeState !== undefined && kubernetes.scheduler !== undefined,
  controllerManagerLease: ({ kubeState, kubernetes }) => kubeState !== undefined && kubernetes.controllerManager !== undefined,
} as const satisfies Readonly<Record<string, IsOn>>;

/** The parts of a stack that are on. `shown`: what of Kubernetes can be scraped on its platform. */
export function partsOf(settings: StackSettings, shown: ReadonlySet<KubernetesPart>): ReadonlySet<Part> {
  const own = (Object.keys(IS_ON) as (keyof typeof IS_ON)[]).filter((part) => IS_ON[part](settings));
  return new Set<Part>([...own, ...KUBERNETES_PARTS.filter((part) => shown.has(part))]);
}
