import type { Labels, Relabeled, RelabelStep } from '../formats/prometheus/relabel-eval.ts';
import type { RelabelRule } from '../formats/prometheus/relabel.ts';
import { RELABEL_FIELDS } from '../formats/prometheus/relabel.ts';

const COLOURS = { '+': 32, '-': 31, '~': 33 } as const;

/**
 * What rules did to a label set, for people: the labels before, each rule with what it changed (`+` added, `-` removed, `~` changed),
 * and what came out.
 */
export function relabelReport(rules: readonly RelabelRule[], { keep, labels, steps }: Relabeled, colour = false): string {
  const lines = [
    `before  ${printLabels(steps[0]?.before ?? labels)}`,
    ...steps.flatMap((step) => describeStep(rules[step.rule] ?? {}, step, colour)),
    keep ? `after   ${printLabels(labels)}` : `dropped by rule ${steps.length} of ${rules.length}`,
  ];
  return `${lines.join('\n')}\n`;
}

function describeStep(rule: RelabelRule, step: RelabelStep, colour: boolean): string[] {
  const title = `  ${String(step.rule + 1).padStart(2)}. ${printRule(rule)}`;
  if (step.dropped) return [title, paint('-', '      - dropped', colour)];
  const changes = changesBetween(step.before, step.after).map(({ mark, text }) => paint(mark, `      ${mark} ${text}`, colour));
  return [title, ...(changes.length > 0 ? changes : ['        no change'])];
}

function printRule(rule: RelabelRule): string {
  const fields = RELABEL_FIELDS.filter((field) => field !== 'action' && rule[field] !== undefined).map((field) => `${field}: ${JSON.stringify(rule[field])}`);
  return [rule.action?.toLowerCase() ?? 'replace', ...fields].join('  ');
}

interface Change {
  readonly mark: keyof typeof COLOURS;
  readonly text: string;
}

function changesBetween(before: Labels, after: Labels): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => before[name] !== after[name]).map((name) => {
    if (before[name] === undefined) return { mark: '+', text: printLabel(name, after) };
    if (after[name] === undefined) return { mark: '-', text: printLabel(name, before) };
    return { mark: '~', text: `${printLabel(name, before)} -> ${JSON.stringify(after[name])}` };
  });
}

function printLabels(labels: Labels): string {
  return `{${Object.keys(labels).map((name) => printLabel(name, labels)).join(', ')}}`;
}

function printLabel(name: string, labels: Labels): string {
  return `${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(labels[name])}`;
}

function paint(mark: keyof typeof COLOURS, text: string, colour: boolean): string {
  return colour ? `\u001b[${COLOURS[mark]}m${text}\u001b[0m` : text;
}
