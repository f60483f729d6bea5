import { PART_DASHBOARD } from '../../api/group.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { dashboardJson, type Dashboard } from '../../formats/grafana/dashboard.ts';
import { partLabel } from '../labels.ts';
import { COMPONENTS, grafanaDashboardConfigMap } from '../names.ts';
import { configMap } from '../pod/config-map.ts';
import type { StackContext } from '../stack-context.ts';
import type { NamedDashboard } from './dashboards.ts';

/** One ConfigMap for each of our dashboards: together they would outgrow what `kubectl apply` takes (256 KiB). */
export function dashboardConfigMaps(context: StackContext, dashboards: readonly NamedDashboard[]): KubeObject[] {
  return dashboards.map(({ id, dashboard }) => configMap(context, {
    component: COMPONENTS.grafana,
    name: grafanaDashboardConfigMap(context.stack.metadata, id),
    labels: partLabel(PART_DASHBOARD),
    data: { [`${id}.json`]: textOf(dashboard) },
  }));
}

const texts = new WeakMap<Dashboard, string>();

/** Its JSON, made once: a pass over a stack renders all of its objects, and dashboards are most of their bytes. */
function textOf(dashboard: Dashboard): string {
  let text = texts.get(dashboard);
  if (text === undefined) {
    text = dashboardJson(dashboard);
    texts.set(dashboard, text);
  }
  return text;
}
