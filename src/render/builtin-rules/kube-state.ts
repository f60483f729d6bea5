import { KUBE_STATE } from './jobs.ts';

/**
 * A series of kube-state-metrics, by nothing but labels of the object that it is about. Those of the target (its own pod and node)
 * would change whenever kube-state-metrics moves, and with them every alert.
 */
export function stateOf(by: string, metric: string, matchers?: string): string {
  return `max by (${by}) (${stateSeries(metric, matchers)})`;
}

/** The series as it is, for functions that want a range of it. */
export function stateSeries(metric: string, matchers?: string): string {
  return `${metric}{${[KUBE_STATE, ...(matchers === undefined ? [] : [matchers])].join(',')}}`;
}
