import type { StackSettings } from '../../api/defaults.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import type { Problem } from '../../api/rejection.ts';
import { byteSizeProblem } from '../../formats/prometheus/byte-size.ts';
import { durationProblem, parseDuration } from '../../formats/prometheus/duration.ts';
import { isLabelName } from '../../formats/prometheus/label-name.ts';
import { checkRulePacks } from '../builtin-rules/check-rule-packs.ts';

/**
 * What Prometheus would refuse in a stack's settings for it. The config is written without it, so that one mistake in a
 * stack does not stop all its ScrapeTargets; remote write and credentials are checked where they are rendered.
 */
export function checkSettings({ spec }: MonitoringStack, { prometheus, rulePacks }: StackSettings): Problem[] {
  const { interval, timeout, limits } = prometheus.scrape;
  return [
    ...someDuration('spec.prometheus.scrape.interval', interval),
    ...someDuration('spec.prometheus.scrape.timeout', timeout),
    ...someDuration('spec.prometheus.evaluationInterval', prometheus.evaluationInterval),
    ...duration('spec.prometheus.receive.outOfOrderWindow', prometheus.receive?.outOfOrderWindow ?? '0s'),
    ...(spec.prometheus?.scrape?.timeout === undefined ? [] : timeoutProblems(timeout, interval)),
    ...(limits.bodySize === undefined ? [] : size(limits.bodySize)),
    ...Object.keys(prometheus.externalLabels).flatMap(label),
    ...checkRulePacks(rulePacks),
  ];
}

function someDuration(path: string, text: string): Problem[] {
  if (parseDuration(text) !== 0) return duration(path, text);
  return [{ path, reason: 'DurationInvalid', message: `a duration of ${text} is none: use 30s, or leave it out for the default` }];
}

function duration(path: string, text: string): Problem[] {
  const problem = durationProblem(text);
  return problem === undefined ? [] : [{ path, reason: 'DurationInvalid', message: problem }];
}

function timeoutProblems(timeout: string, interval: string): Problem[] {
  if ((parseDuration(timeout) ?? 0) <= (parseDuration(interval) ?? Infinity)) return [];
  const message = `the timeout ${timeout} is longer than the interval ${interval}, which Prometheus refuses: use at most ${interval}`;
  return [{ path: 'spec.prometheus.scrape.timeout', reason: 'DurationInvalid', message }];
}

function size(text: string): Problem[] {
  const problem = byteSizeProblem(text);
  return problem === undefined ? [] : [{ path: 'spec.prometheus.scrape.limits.bodySize', reason: 'Invalid', message: problem }];
}

function label(name: string): Problem[] {
  if (isLabelName(name, 'legacy')) return [];
  return [{ path: `spec.prometheus.externalLabels.${name}`, reason: 'LabelInvalid', message: `"${name}" is no label name: use letters, digits and _, not starting with a digit` }];
}
