import type { GrafanaSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { COMPONENTS, grafanaName, PORTS } from '../names.ts';
import { networkPolicy, tcp } from '../pod/network-policy.ts';
import { serviceAccount } from '../pod/service-account.ts';
import { service } from '../pod/service.ts';
import type { StackContext } from '../stack-context.ts';
import type { ClusterFacts } from '../stack-input.ts';
import { adminSecret } from './admin-secret.ts';
import { dashboardConfigMaps } from './dashboard-config-map.ts';
import { dashboards } from './dashboards.ts';
import { grafanaDeployment } from './deployment.ts';
import { grafanaIngress } from './ingress.ts';
import { WEB } from './ports.ts';
import { provisioning } from './provisioning.ts';
import { userDashboards } from './user-dashboards.ts';

const component = COMPONENTS.grafana;

/** What Grafana depends on beside its settings. */
interface Facts extends Pick<ClusterFacts, 'grafanaPassword' | 'userDashboards' | 'references'> {
  /** The stack has a blackbox exporter, since a ScrapeTarget probes or its user asked for one. */
  readonly probes: boolean;
}

/** Everything Grafana consists of, with its data sources and dashboards. */
export function grafana(context: StackContext, settings: GrafanaSettings, facts: Facts): KubeObject[] {
  const name = grafanaName(context.stack.metadata);
  return [
    serviceAccount(context, component, name),
    adminSecret(context, facts.grafanaPassword),
    ...provisioning(context, facts.references),
    ...dashboardConfigMaps(context, dashboards(context.settings, { kubernetes: context.parts.kubernetes, probes: facts.probes })),
    ...userDashboards(context, facts.userDashboards),
    // From anywhere: Grafana asks who one is, and where the Ingress controller runs is not ours to know.
    networkPolicy(context, { component, name, ingress: [{ ports: [tcp(PORTS.grafana)] }] }),
    service(context, { component, name, ports: [{ name: WEB, port: PORTS.grafana }] }),
    grafanaDeployment(context, settings, facts.references),
    ...grafanaIngress(context, settings),
  ];
}
