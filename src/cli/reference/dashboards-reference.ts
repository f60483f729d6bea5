import type { Dashboard } from '../../formats/grafana/dashboard.ts';
import type { Component } from '../../render/grafana/dashboards/components.ts';
import { dashboardCatalogue } from '../../render/grafana/dashboards.ts';

/** What has to be on, in words of the spec. */
const NEEDS: Readonly<Record<Component, string>> = {
  alertmanager: '`alertmanager`',
  grafana: '`grafana`',
  remoteWrite: '`prometheus.remoteWrite`',
  querier: '`prometheus.thanos.querier`, or several shards',
  probes: 'the blackbox exporter',
  operator: 'scope Cluster',
  nodeExporter: '`exporters.node`',
  kubeState: '`exporters.kubeState`',
  networkFlows: '`exporters.networkFlows`',
  apiServer: '`kubernetes.apiServer`',
  kubelet: '`kubernetes.kubelet`',
  controllerManager: '`kubernetes.controllerManager`',
  scheduler: '`kubernetes.scheduler`',
  proxy: '`kubernetes.proxy`',
  etcd: '`kubernetes.etcd`',
  dns: '`kubernetes.dns`',
  otelCollector: '`logs`',
  fluentBit: '`logs` by FluentBit',
  fluentd: '`logs` by Fluentd',
};

/** docs/dashboards.md: every dashboard that a stack can come with. */
export function dashboardsReference(): string {
  const all = dashboardCatalogue();
  return `# Dashboards

Generated from \`src/render/grafana\`. Each dashboard comes with a stack when what it is about is scraped, and goes with it.

${menusOf(all.map(({ dashboard }) => dashboard)).map(({ title, tag }) => `## ${title}

| dashboard | answers | comes with |
|---|---|---|
${all.filter(({ dashboard }) => dashboard.tags.includes(tag)).map(row).join('')}`).join('\n')}
## How to read them

- **The first row answers whether it is fine.** A coloured tile is a verdict: green, orange, red. A tile without colour is only a number.
- **"no data" is not "fine".** A tile says 0 only while its source answers; where kube-state-metrics or an exporter is silent, it says that
  nothing is known.
- **From the top down.** Names in tables and lines of graphs lead on: cluster, namespace, workload, pod; nodes, node. Time, data source and
  cluster go along. The menus at the top lead to everything else.
- **Data source** offers each shard of Prometheus, and whatever else you add, a Thanos for instance. **Cluster** is for data sources that hold
  several clusters, told apart by a label \`cluster\`; with one cluster, leave it at All.
- Rows that are closed ask nothing until they are opened.

## Your own

A ConfigMap labelled \`belfry.dev/part: dashboard\` in a namespace that the stack selects, its keys ending in \`.json\`, is taken when the stack has
\`grafana.dashboards.fromNamespaces: true\`. What is changed in the browser is not kept: export it, and put it into a ConfigMap.

## How they are checked

They are made by Grafana's own \`grafana-foundation-sdk\`, so that the compiler knows every field. Tests parse every query, here and by
\`promtool\` of the oldest and the newest Prometheus; put every query to the Prometheus of a stack on a real node, where each has an answer or a
reason why there is none ([the list](verified.md)); hold them against what the scrape jobs keep; and check the grid, units, legends, links and sizes (all below 256 KiB).

**Grafana itself was not run**: it cannot be built from modules like everything else here. Nobody has looked at these dashboards in a browser as
part of the tests; what a panel looks like is known from Grafana's documentation only. The series of Grafana, of the kubelet and of kube-proxy were
read in sources and documentation.
`;
}

function menusOf(all: readonly Dashboard[]): Dashboard['menus'] {
  return all[0]?.menus ?? [];
}

function row({ dashboard: { title, uid, description }, needs }: ReturnType<typeof dashboardCatalogue>[number]): string {
  const comes = needs.length === 0 ? 'every stack with Grafana' : needs.map((need) => NEEDS[need]).join(', ');
  return `| ${title} (\`${uid}\`) | ${description} | ${comes} |\n`;
}
