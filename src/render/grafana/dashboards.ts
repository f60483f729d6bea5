import type { StackSettings } from '../../api/defaults.ts';
import type { Dashboard } from '../../formats/grafana/dashboard.ts';
import type { Panel } from '../../formats/grafana/panel.ts';
import { alertmanager } from './dashboards/alertmanager.ts';
import { alerts } from './dashboards/alerts.ts';
import { apiServer } from './dashboards/api-server.ts';
import { cluster } from './dashboards/cluster.ts';
import { componentsOf, type Component, type Components, type Found } from './dashboards/components.ts';
import { controllerManager } from './dashboards/controller-manager.ts';
import { dns } from './dashboards/dns.ts';
import { etcd } from './dashboards/etcd.ts';
import { grafana } from './dashboards/grafana.ts';
import { kubelet } from './dashboards/kubelet.ts';
import { fluentBitLogs, fluentdLogs, otelLogs } from './dashboards/logs.ts';
import { namespace } from './dashboards/namespace.ts';
import { network } from './dashboards/network.ts';
import { networkFlows } from './dashboards/network-flows.ts';
import { node } from './dashboards/node.ts';
import { nodes } from './dashboards/nodes.ts';
import { operator } from './dashboards/operator.ts';
import { uidOf } from './dashboards/own-dashboard.ts';
import { pod } from './dashboards/pod.ts';
import { probes } from './dashboards/probes.ts';
import { prometheus } from './dashboards/prometheus.ts';
import { proxy } from './dashboards/proxy.ts';
import { remoteWrite } from './dashboards/remote-write.ts';
import { scheduler } from './dashboards/scheduler.ts';
import { stackOverview } from './dashboards/stack-overview.ts';
import { thanos } from './dashboards/thanos.ts';
import { volumes } from './dashboards/volumes.ts';
import { workload } from './dashboards/workload.ts';

/** A dashboard of ours with the last part of its ConfigMap's name. */
export interface NamedDashboard {
  readonly id: string;
  readonly dashboard: Dashboard;
}

interface Entry {
  readonly id: string;
  /** What has to be on for it to show something. */
  readonly needs: readonly Component[];
  readonly dashboard: (components: Components) => Dashboard;
}

/** All there are, in the order in which a newcomer reads them. */
const ALL: readonly Entry[] = [
  { id: 'cluster', needs: ['kubeState'], dashboard: cluster },
  { id: 'namespace', needs: ['kubeState'], dashboard: namespace },
  { id: 'workload', needs: ['kubeState'], dashboard: workload },
  { id: 'pod', needs: ['kubeState'], dashboard: pod },
  { id: 'nodes', needs: ['nodeExporter'], dashboard: () => nodes },
  { id: 'node', needs: ['nodeExporter'], dashboard: node },
  { id: 'kubelet', needs: ['kubelet'], dashboard: () => kubelet },
  { id: 'volumes', needs: ['kubelet'], dashboard: volumes },
  { id: 'network', needs: ['kubelet'], dashboard: network },
  { id: 'network-flows', needs: ['networkFlows'], dashboard: () => networkFlows },
  { id: 'api-server', needs: ['apiServer'], dashboard: () => apiServer },
  { id: 'etcd', needs: ['etcd'], dashboard: () => etcd },
  { id: 'scheduler', needs: ['scheduler'], dashboard: () => scheduler },
  { id: 'controller-manager', needs: ['controllerManager'], dashboard: () => controllerManager },
  { id: 'proxy', needs: ['proxy'], dashboard: () => proxy },
  { id: 'dns', needs: ['dns'], dashboard: () => dns },
  { id: 'alerts', needs: [], dashboard: alerts },
  { id: 'probes', needs: ['probes'], dashboard: () => probes },
  { id: 'stack-overview', needs: [], dashboard: stackOverview },
  { id: 'prometheus', needs: [], dashboard: (on) => prometheus(on.has('alertmanager')) },
  { id: 'remote-write', needs: ['remoteWrite'], dashboard: () => remoteWrite },
  { id: 'thanos', needs: ['querier'], dashboard: () => thanos },
  { id: 'alertmanager', needs: ['alertmanager'], dashboard: () => alertmanager },
  { id: 'grafana', needs: ['grafana'], dashboard: () => grafana },
  { id: 'logs', needs: ['otelCollector'], dashboard: () => otelLogs },
  { id: 'logs-fluent-bit', needs: ['fluentBit'], dashboard: () => fluentBitLogs },
  { id: 'logs-fluentd', needs: ['fluentd'], dashboard: () => fluentdLogs },
  { id: 'operator', needs: ['operator'], dashboard: () => operator },
];

/** Ids of all dashboards that any stack can have. */
export const DASHBOARD_IDS: readonly string[] = ALL.map(({ id }) => id);

/** The dashboards for what is on in a stack. */
export function dashboards(settings: StackSettings, found: Found): readonly NamedDashboard[] {
  return dashboardsFor(componentsOf(settings, found));
}

/** Every dashboard that any stack can have, complete, with what it needs. */
export function dashboardCatalogue(): (NamedDashboard & Pick<Entry, 'needs'>)[] {
  const everything = new Set(ALL.flatMap(({ needs }) => needs));
  return ALL.map(({ id, needs, dashboard }) => ({ id, needs, dashboard: dashboard(everything) }));
}

const made = new Map<string, readonly NamedDashboard[]>();

/** The dashboards that these components make possible, with links only to one another. The same components give the same objects. */
export function dashboardsFor(components: Components): readonly NamedDashboard[] {
  const key = [...components].sort().join(' ');
  let all = made.get(key);
  if (!all) {
    all = make(components);
    made.set(key, all);
  }
  return all;
}

function make(components: Components): NamedDashboard[] {
  const entries = ALL.filter(({ needs }) => needs.every((component) => components.has(component)));
  const uids = new Set(entries.map(({ id }) => uidOf(id)));
  return entries.map(({ id, dashboard }) => ({ id, dashboard: withLinksTo(uids, dashboard(components)) }));
}

function withLinksTo(uids: ReadonlySet<string>, dashboard: Dashboard): Dashboard {
  const linked = (panel: Panel): Panel => ({ ...panel, links: panel.links.filter(({ to }) => uids.has(to)) });
  return { ...dashboard, rows: dashboard.rows.map((row) => ({ ...row, panels: row.panels.map(linked) })) };
}
