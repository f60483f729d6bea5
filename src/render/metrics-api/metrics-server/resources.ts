/** Up to so many nodes each size is good for. Steps, so that not every node that comes or goes rolls the pod. */
const STEPS = [100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/**
 * Requests and limits of metrics-server for a cluster of so many nodes: 1m of CPU and 2 MiB for each node beyond a base, as
 * its maintainers measured (metrics-server, README, scaling).
 */
export function metricsServerResources(nodes: number): object {
  const size = STEPS.find((step) => nodes <= step) ?? Math.ceil(nodes / 10_000) * 10_000;
  if (size <= 100) return { requests: { cpu: '50m', memory: '100Mi' }, limits: { memory: '400Mi' } };
  return { requests: { cpu: `${size}m`, memory: `${2 * size}Mi` }, limits: { memory: `${4 * size}Mi` } };
}
