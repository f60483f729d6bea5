import type { ValueType } from './ast.ts';
import type { Version } from '../version.ts';

/** The signature of a function. */
export interface PromqlFunction {
  readonly args: readonly ValueType[];
  /** How often the last argument may be repeated or left out: 0 exactly once, n up to n times or not at all, -1 any number of times or not at all. */
  readonly variadic: number;
  readonly returns: ValueType;
  /** The first release that has it; absent for those that 2.45 has. */
  readonly since?: Version;
  /** The first release that no longer has it. */
  readonly until?: Version;
  /** Needs --enable-feature=promql-experimental-functions; a version: before that. */
  readonly experimental?: true | Version;
}

const V: ValueType = 'instant vector';
const M: ValueType = 'range vector';
const S: ValueType = 'scalar';
const T: ValueType = 'string';

const takes = (args: readonly ValueType[], more: Partial<PromqlFunction> = {}): PromqlFunction => ({ args, variadic: 0, returns: V, ...more });
const all = (names: string, signature: PromqlFunction): [string, PromqlFunction][] => names.split(' ').map((name) => [name, signature]);

/** Every function of PromQL from 2.45 to 3.15 (promql/parser/functions.go at each release). */
export const FUNCTIONS: ReadonlyMap<string, PromqlFunction> = new Map([
  ...all('abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_count histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp', takes([V])),
  ...all('absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time', takes([M])),
  ...all('days_in_month day_of_month day_of_week day_of_year hour minute month year', takes([V], { variadic: 1 })),
  ...all('pi time', takes([], { returns: S })),
  ...all('clamp_max clamp_min', takes([V, S])),
  ...all('histogram_stddev histogram_stdvar', takes([V], { since: [2, 47, 0] })),
  ['histogram_avg', takes([V], { since: [2, 51, 0] })],
  ['clamp', takes([V, S, S])],
  ['histogram_fraction', takes([S, S, V])],
  ['histogram_quantile', takes([S, V])],
  ['label_join', takes([V, T, T, T], { variadic: -1 })],
  ['label_replace', takes([V, T, T, T, T])],
  ['predict_linear', takes([M, S])],
  ['quantile_over_time', takes([S, M])],
  ['round', takes([V, S], { variadic: 1 })],
  ['scalar', takes([V], { returns: S })],
  ['vector', takes([S])],
  ['holt_winters', takes([M, S, S], { until: [3, 0, 0] })],
  ['first_over_time', takes([M], { since: [3, 7, 0], experimental: [3, 14, 0] })],
  ['mad_over_time', takes([M], { since: [2, 49, 0], experimental: true })],
  ...all('sort_by_label sort_by_label_desc', takes([V, T], { variadic: -1, since: [2, 49, 0], experimental: true })),
  ['info', takes([V, V], { variadic: 1, since: [2, 55, 0], experimental: true })],
  ['double_exponential_smoothing', takes([M, S, S], { since: [3, 0, 0], experimental: true })],
  ...all('ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time', takes([M], { since: [3, 5, 0], experimental: true })),
  ['ts_of_first_over_time', takes([M], { since: [3, 7, 0], experimental: true })],
  ['histogram_quantiles', takes([V, T, S, S], { variadic: 9, since: [3, 11, 0], experimental: true })],
  ...all('start end step range', takes([], { returns: S, since: [3, 12, 0], experimental: true })),
  ...all('max_of min_of', takes([S, S], { returns: S, since: [3, 13, 0], experimental: true })),
  ['start_timestamp', takes([V], { since: [3, 14, 0], experimental: true })],
]);

/** Aggregation operators that take a parameter, and its type. */
export const AGGREGATION_PARAMETERS: ReadonlyMap<string, ValueType> = new Map([
  ['topk', S], ['bottomk', S], ['quantile', S], ['limitk', S], ['limit_ratio', S], ['count_values', T],
]);

/** All aggregation operators. */
export const AGGREGATIONS: ReadonlySet<string> = new Set(['sum', 'avg', 'count', 'min', 'max', 'group', 'stddev', 'stdvar', ...AGGREGATION_PARAMETERS.keys()]);

/** Aggregation operators that need --enable-feature=promql-experimental-functions (2.54). */
export const EXPERIMENTAL_AGGREGATIONS: ReadonlySet<string> = new Set(['limitk', 'limit_ratio']);
