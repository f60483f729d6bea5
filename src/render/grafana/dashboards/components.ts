import type { StackSettings } from '../../../api/defaults.ts';

/** What dashboards depend on. */
export type Component =
  | 'alertmanager' | 'grafana' | 'remoteWrite' | 'probes' | 'nodeExporter' | 'kubeState'
  | 'apiServer' | 'kubelet' | 'controllerManager' | 'scheduler' | 'proxy' | 'etcd' | 'dns';

/** What of it is on in a stack. Prometheus always is: without it there is nothing to show. */
export type Components = ReadonlySet<Component>;

/** Parts of Kubernetes that a stack may scrape. */
const KUBERNETES = ['apiServer', 'kubelet', 'controllerManager', 'scheduler', 'proxy', 'etcd', 'dns'] as const;

type Switches = Pick<StackSettings, 'alertmanager' | 'grafana' | 'nodeExporter' | 'prometheus'> & {
  readonly kubeState?: object;
  readonly kubernetes?: Readonly<Partial<Record<(typeof KUBERNETES)[number], object>>>;
};

/** What is on. `probes`: some ScrapeTarget of the stack probes. */
export function componentsOf(settings: Switches, { probes }: { readonly probes: boolean }): Components {
  const { alertmanager, grafana, nodeExporter, kubeState, kubernetes = {}, prometheus } = settings;
  const on: Readonly<Partial<Record<Component, boolean>>> = {
    alertmanager: alertmanager !== undefined,
    grafana: grafana !== undefined,
    nodeExporter: nodeExporter !== undefined,
    kubeState: kubeState !== undefined,
    remoteWrite: prometheus.remoteWrite.length > 0,
    probes,
    ...Object.fromEntries(KUBERNETES.map((part) => [part, kubernetes[part] !== undefined])),
  };
  return new Set((Object.keys(on) as Component[]).filter((component) => on[component]));
}
