import { durationProblem, parseDuration } from './duration.ts';
import { templateProblems } from './go-template.ts';
import { isLabelName, isMetricName } from './label-name.ts';
import { promqlProblems } from './promql.ts';
import type { Rule, RuleGroup } from './rule-group.ts';
import type { NameValidationScheme } from './scrape-config.ts';
import { isAtLeast, type Version } from './version.ts';

/** What Prometheus would refuse in a rule group. */
export interface RuleGroupProblem {
  /** Index of the rule; absent for the group itself. */
  readonly rule?: number;
  /** Prometheus' name of the field, with the key where it is a map: `expr`, `labels.team`. */
  readonly field: string;
  /** `field`, or `rules[1].field`. */
  readonly path: string;
  readonly reason: 'ExpressionInvalid' | 'TemplateInvalid' | 'LabelInvalid' | 'DurationInvalid' | 'RuleInvalid';
  /** A sentence that names the value and the mend. */
  readonly message: string;
}

/** For whom rules are read. */
export interface RuleOptions {
  /** `metric_name_validation_scheme` of the global config; default utf8. */
  readonly scheme?: NameValidationScheme;
  /** What --enable-feature holds. */
  readonly features?: ReadonlySet<string>;
}

type Fault = Omit<RuleGroupProblem, 'path' | 'rule'>;

interface Context {
  readonly version: Version | undefined;
  readonly scheme: NameValidationScheme;
  readonly features: ReadonlySet<string> | undefined;
}

/**
 * Everything that Prometheus refuses in a rule group when it loads its rules; empty for a good one (model/rulefmt/rulefmt.go). That names
 * of groups differ within a file is the caller's to see to.
 */
export function ruleGroupProblems(group: RuleGroup, version?: Version, { scheme = 'utf8', features }: RuleOptions = {}): RuleGroupProblem[] {
  const context: Context = { version, scheme: isAtLeast(version, [3, 0, 0]) ? scheme : 'legacy', features };
  return [
    ...groupFaults(group, context).map((fault) => ({ ...fault, path: fault.field })),
    ...group.rules.flatMap((rule, index) => ruleFaults(rule, context).map((fault) => ({ rule: index, ...fault, path: `rules[${index}].${fault.field}` }))),
  ];
}

function groupFaults(group: RuleGroup, context: Context): Fault[] {
  return [
    ...(group.name === '' ? [ruleFault('name', 'a rule group needs a name')] : []),
    ...durationFaults('interval', group.interval),
    ...durationFaults('query_offset', group.query_offset),
    ...labelFaults(group.labels, context),
  ];
}

function ruleFaults(rule: Rule, context: Context): Fault[] {
  return [
    ...kindFaults(rule),
    ...exprFaults(rule, context),
    ...durationFaults('for', rule.for),
    ...durationFaults('keep_firing_for', rule.keep_firing_for),
    ...(rule.record ? recordFaults(rule, context) : []),
    ...labelFaults(rule.labels, context),
    ...annotationFaults(rule.annotations, context),
    ...(rule.alert ? [...templateFaults('labels', rule.labels, context), ...templateFaults('annotations', rule.annotations, context)] : []),
  ];
}

const ruleFault = (field: string, message: string): Fault => ({ field, reason: 'RuleInvalid', message });

function kindFaults({ alert, record }: Rule): Fault[] {
  if (alert && record) return [ruleFault('record', `a rule is either the alert ${alert} or the record ${record}: leave one out`)];
  return alert || record ? [] : [ruleFault('alert', 'a rule needs a name: set alert or record')];
}

function exprFaults({ expr }: Rule, { version, features }: Context): Fault[] {
  if (expr === '') return [{ field: 'expr', reason: 'ExpressionInvalid', message: 'the expression is empty' }];
  return promqlProblems(expr, version, features).map(({ message, position }) => ({
    field: 'expr', reason: 'ExpressionInvalid', message: position === undefined ? message : `${message} (${placeOf(expr, position)})`,
  }));
}

/** Where a reader finds a position: counted from 1. */
function placeOf(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n');
  const column = `column ${(lines.at(-1) ?? '').length + 1}`;
  return text.includes('\n') ? `line ${lines.length}, ${column}` : column;
}

function durationFaults(field: string, duration: string | undefined): Fault[] {
  const message = duration === undefined ? undefined : durationProblem(duration);
  return message === undefined ? [] : [{ field, reason: 'DurationInvalid', message }];
}

function recordFaults({ record = '', annotations, ...rule }: Rule, { scheme }: Context): Fault[] {
  const alone = (['for', 'keep_firing_for'] as const).filter((field) => (parseDuration(rule[field] ?? '0') ?? 0) !== 0);
  return [
    ...alone.map((field) => ruleFault(field, `${field} is for alerts, and ${record} is a record: leave it out`)),
    ...(Object.keys(annotations ?? {}).length > 0 ? [ruleFault('annotations', `annotations are for alerts, and ${record} is a record: leave them out`)] : []),
    ...recordNameFaults(record, scheme),
  ];
}

function recordNameFaults(record: string, scheme: NameValidationScheme): Fault[] {
  if (!isMetricName(record, scheme)) return [ruleFault('record', `"${record}" is no metric name: use letters, digits, _ and :, not starting with a digit`)];
  return /[{}]/.test(record) ? [ruleFault('record', `"${record}" has braces in it: labels go to labels, and a selector to expr`)] : [];
}

function labelFaults(labels: Rule['labels'], { scheme }: Context): Fault[] {
  return Object.entries(labels ?? {}).flatMap(([name, value]): Fault[] => {
    const field = `labels.${name}`;
    if (name === '__name__') return [{ field, reason: 'LabelInvalid', message: 'the label __name__ is the metric\'s name, which is not the rule\'s to set: use record' }];
    if (!isLabelName(name, scheme)) return [{ field, reason: 'LabelInvalid', message: `"${name}" is no label name: use letters, digits and _, not starting with a digit` }];
    return value.isWellFormed() ? [] : [{ field, reason: 'LabelInvalid', message: `the value of the label ${name} is no valid text` }];
  });
}

function annotationFaults(annotations: Rule['annotations'], { scheme }: Context): Fault[] {
  return Object.keys(annotations ?? {})
    .filter((name) => !isLabelName(name, scheme))
    .map((name) => ({ field: `annotations.${name}`, reason: 'LabelInvalid', message: `"${name}" is no name of an annotation: use letters, digits and _, not starting with a digit` }));
}

function templateFaults(field: 'labels' | 'annotations', texts: Rule['labels'], { version }: Context): Fault[] {
  return Object.entries(texts ?? {}).flatMap(([name, text]) =>
    templateProblems(text, version).map(({ message, position }): Fault => ({ field: `${field}.${name}`, reason: 'TemplateInvalid', message: `${message} (${placeOf(text, position)})` })),
  );
}
