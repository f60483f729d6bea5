/** Series of a little world, in promtool's notation. */
export type World = Readonly<Record<string, string>>;

/** Whether an alert fires in a world of its own. */
export interface RuleCase {
  readonly alert: string;
  /** When it is looked for. */
  readonly at: string;
  /** Time between values, and between evaluations; default 1m. */
  readonly step?: string;
  readonly series: World;
  /** How many fire; default 1. */
  readonly count?: number;
  /** Where none does: why. */
  readonly says?: string;
}

/** A series of kube-state-metrics, with the labels of its target too. */
export function state(metric: string, labels = ''): string {
  return `${metric}{job="kube-state-metrics",instance="10.1.0.9:8080"${labels && `,${labels}`}}`;
}

/** Targets of one job, all up (1) or down (0). */
export function upOf(job: string, values: string, instances: readonly string[]): World {
  return Object.fromEntries(instances.map((instance) => [`up{job="${job}",namespace="shop",instance="${instance}"}`, values]));
}

/** A histogram whose observations, `rate` in each step, are all in the bucket between two bounds. */
export function histogram(metric: string, labels: string, { above, within, rate = 10 }: { readonly above?: string; readonly within: string; readonly rate?: number }): World {
  return {
    ...(above === undefined ? {} : { [`${metric}_bucket{${labels},le="${above}"}`]: '0x600' }),
    [`${metric}_bucket{${labels},le="${within}"}`]: `0+${rate}x600`,
    [`${metric}_bucket{${labels},le="+Inf"}`]: `0+${rate}x600`,
    [`${metric}_count{${labels}}`]: `0+${rate}x600`,
  };
}
