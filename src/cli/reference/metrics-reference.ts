import { createMetrics } from '../../telemetry/metrics.ts';

/** docs/reference/metrics.md: what the operator says about itself on /metrics, from the registry itself. */
export async function metricsReference(): Promise<string> {
  const metrics = createMetrics({ process: false });
  metrics.watchQueue({ depth: 0, oldestAgeMs: () => 0 });
  const all = await metrics.registry.getMetricsAsJSON();
  const rows = all.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |\n`).sort();
  return `# Metrics of the operator

Generated from \`src/telemetry/metrics.ts\`. Beside these there are Node.js' process metrics (\`process_*\`, \`nodejs_*\`).

| name | type | |
|---|---|---|
${rows.join('')}`;
}
