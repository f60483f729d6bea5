/** What a Prometheus answers whose targets are all up: one for each resource of the load. */
import { placeOf } from './contender.ts';

/** The answer to `count by (namespace, job) (up == 1)`, of the resources of these numbers. */
export function healthyOf(indexes: readonly number[]): string {
  const result = indexes.map((index) => {
    const { name, namespace } = placeOf(index);
    return { metric: { namespace, job: name }, value: [0, '1'] };
  });
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

/** The numbers of the resources that a query with `job=~"..."` asks for. */
export function jobsAsked(query: string): number[] {
  const jobs = /job=~"([^"]*)"/.exec(query)?.[1] ?? '';
  return jobs.split('|').map((job) => Number(job.slice(job.lastIndexOf('-') + 1)));
}

/** The answer to the sums over all targets: so many are up, one of each resource, and none is or was down. */
export function sumsOf(jobs: number): string {
  const result = ['up', 'squares'].map((is) => ({ metric: { is }, value: [0, String(jobs)] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}
