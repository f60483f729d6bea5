import { createMetrics } from '../../telemetry/metrics.ts';

/** docs/reference/metrics.md: what the operator says about itself on /metrics, from the registry itself. */
export async function metricsReference(): Promise<string> {
  const { registry } = createMetrics({ process: false });
  const all = await registry.getMetricsAsJSON();
  const rows = all.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |\n`).sort();
  return `# Metrics of the operator

Generated from \`src/telemetry/metrics.ts\`. Beside these there are Node.js' process metrics (\`process_*\`, \`nodejs_*\`).

| name | type | |
|---|---|---|
${rows.join('')}`;
}
