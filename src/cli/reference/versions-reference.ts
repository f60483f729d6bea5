import { DEFAULT_VERSIONS } from '../../api/defaults.ts';
import { image } from '../../render/images.ts';
import { IMAGE_REPOSITORIES, OLDEST_PROMETHEUS, TESTED, WITHDRAWN_PROMETHEUS, type Component } from '../../render/versions.ts';

/** The field of a MonitoringStack that names another release. */
const FIELDS: Readonly<Record<Component, string>> = {
  prometheus: 'prometheus.version',
  thanos: 'prometheus.thanos.version',
  alertmanager: 'alertmanager.version',
  grafana: 'grafana.version',
  nodeExporter: 'exporters.node.version',
  blackbox: 'exporters.blackbox.version',
  kubeState: 'exporters.kubeState.version',
  pushgateway: 'exporters.pushgateway.version',
  nodeProblemDetector: 'exporters.nodeProblemDetector.version',
  networkFlows: 'exporters.networkFlows.version',
  metricsServer: 'metricsApi.resource.version',
  prometheusAdapter: 'metricsApi.custom.version',
  otelCollector: 'logs.version',
  fluentBit: 'logs.version',
  fluentd: 'logs.version',
};

/** docs/reference/versions.md: every image that a stack can run. */
export function versionsReference(): string {
  return `# Releases

Generated from \`src/render/versions.ts\`. A stack that names no release gets the one of this table; one that names it keeps it, whatever
release of Belfry runs. "Run by the tests": as the real program. The defaults run together on a node; older releases of Prometheus load and
evaluate what is written for them, and v3.5.1 is upgraded to the default on a node.

| image | default | other release | run by the tests |
|---|---|---|---|
${(Object.keys(IMAGE_REPOSITORIES) as Component[]).map(row).join('')}
Prometheus is supported from ${OLDEST_PROMETHEUS} on; the config is written for the release that a stack names, and what that release cannot do
is left out and listed in \`status.omitted\`. Not to be used: ${Object.entries(WITHDRAWN_PROMETHEUS).map(([version, { fault, instead }]) => `${version} (${fault}; ${instead} is mended)`).join(', ')}.

For a mirror, all of them as a list:

\`\`\`
${images().join('\n')}
\`\`\`
`;
}

function images(): string[] {
  return (Object.keys(IMAGE_REPOSITORIES) as Component[]).map((component) => image(component, DEFAULT_VERSIONS[component], { pullSecrets: [] }));
}

function row(component: Component): string {
  const tested = TESTED[component].join(', ');
  return `| ${IMAGE_REPOSITORIES[component]} | ${DEFAULT_VERSIONS[component]} | \`${FIELDS[component]}\` | ${tested === '' ? 'no: it cannot be built here' : tested} |\n`;
}
