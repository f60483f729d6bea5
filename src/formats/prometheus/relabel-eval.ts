import { createHash } from 'node:crypto';
import { expand } from './go-expand.ts';
import { goLowerCase, goUpperCase } from './go-case.ts';
import { isLabelName } from './label-name.ts';
import { actionOf } from './relabel-problems.ts';
import type { Re2 } from './re2.ts';
import { compileRe2 } from './re2.ts';
import type { RelabelAction, RelabelRule } from './relabel.ts';
import type { NameValidationScheme } from './scrape-config.ts';
import type { Version } from './version.ts';
import { isAtLeast } from './version.ts';

/** Label names to values. */
export type Labels = Readonly<Record<string, string>>;

/** What one rule did. Steps after the one that dropped the target do not happen. */
export interface RelabelStep {
  /** Index of the rule. */
  readonly rule: number;
  readonly before: Labels;
  /** What is left; for the rule that dropped the target, what it saw. */
  readonly after: Labels;
  readonly dropped: boolean;
}

/** What became of a label set. */
export interface Relabeled {
  readonly keep: boolean;
  /** What is left; empty if it was dropped. */
  readonly labels: Labels;
  readonly steps: readonly RelabelStep[];
}

/** For whom rules are read; default: the newest Prometheus, UTF-8 names. */
export interface RelabelOptions {
  readonly scheme?: NameValidationScheme;
  readonly version?: Version;
}

/**
 * Applies relabel rules to a label set exactly as Prometheus does (model/relabel/relabel.go). Throws for rules that
 * `relabelProblems` has something against.
 */
export function relabel(rules: readonly RelabelRule[], labels: Labels, options: RelabelOptions = {}): Relabeled {
  const set = new LabelSet(labels);
  const steps: RelabelStep[] = [];
  let before = set.labels();
  for (const [index, rule] of rules.entries()) {
    const isKept = applyRule(rule, set, options);
    const after = isKept ? set.labels() : before;
    steps.push({ rule: index, before, after, dropped: !isKept });
    if (!isKept) return { keep: false, labels: {}, steps };
    before = after;
  }
  return { keep: true, labels: before, steps };
}

/** Like `relabel`, for callers that only want to know what comes out: undefined for a label set that is dropped. */
export function relabeled(rules: readonly RelabelRule[], labels: Labels, options: RelabelOptions = {}): Labels | undefined {
  const set = new LabelSet(labels);
  return rules.every((rule) => applyRule(rule, set, options)) ? set.labels() : undefined;
}

/**
 * Labels under change. Order matters to labelmap alone, where two names become one: labels that were there come first, by
 * name, then those that a rule set, by name (Prometheus' labels.Builder, as its own relabel_steps API shows it).
 */
class LabelSet {
  readonly #base: Map<string, string>;
  readonly #set = new Map<string, string>();

  constructor(labels: Labels) {
    this.#base = new Map(Object.entries(labels).filter(([, value]) => value !== ''));
  }

  get(name: string): string {
    return this.#set.get(name) ?? this.#base.get(name) ?? '';
  }

  put(name: string, value: string): void {
    this.#base.delete(name);
    if (value === '') this.#set.delete(name);
    else this.#set.set(name, value);
  }

  snapshot(): [string, string][] {
    return [...sorted(this.#base), ...sorted(this.#set)];
  }

  labels(): Labels {
    return Object.fromEntries(sorted([...this.#base, ...this.#set]));
  }
}

function sorted(labels: Iterable<[string, string]>): [string, string][] {
  return [...labels].sort(([a], [b]) => compareCodePoints(a, b));
}

// Go compares bytes of UTF-8, which is the order of code points; JavaScript's < compares UTF-16 units.
function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const isPlain = !SURROGATES.test(a) && !SURROGATES.test(b);
  if (isPlain) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const SURROGATES = /[\ud800-\udfff]/;

type Apply = (rule: RelabelRule, labels: LabelSet, value: string, options: RelabelOptions) => boolean;

/** False drops the target. */
function applyRule(rule: RelabelRule, labels: LabelSet, options: RelabelOptions): boolean {
  const action = actionOf(rule);
  if (action === undefined) throw new Error(`unknown relabel action ${rule.action}`);
  const value = (rule.source_labels ?? []).map((name) => labels.get(name)).join(rule.separator ?? ';');
  return ACTIONS[action](rule, labels, value, options);
}

const ACTIONS: Readonly<Record<RelabelAction, Apply>> = {
  keep: (rule, _labels, value, options) => regexOf(rule, options).matches(value),
  drop: (rule, _labels, value, options) => !regexOf(rule, options).matches(value),
  keepequal: (rule, labels, value) => labels.get(rule.target_label ?? '') === value,
  dropequal: (rule, labels, value) => labels.get(rule.target_label ?? '') !== value,
  replace(rule, labels, value, options) {
    replaceLabel(rule, labels, value, options);
    return true;
  },
  lowercase(rule, labels, value) {
    labels.put(rule.target_label ?? '', goLowerCase(value));
    return true;
  },
  uppercase(rule, labels, value) {
    labels.put(rule.target_label ?? '', goUpperCase(value));
    return true;
  },
  hashmod(rule, labels, value) {
    labels.put(rule.target_label ?? '', hashModulo(value, rule.modulus ?? 0));
    return true;
  },
  labelmap(rule, labels, _value, options) {
    const regex = regexOf(rule, options);
    const replacement = rule.replacement ?? '$1';
    for (const [name, value] of labels.snapshot()) {
      if (regex.matches(name)) labels.put(regex.replaceAll(name, (groups) => expand(replacement, groups)), value);
    }
    return true;
  },
  labeldrop(rule, labels, _value, options) {
    removeWhere(labels, (name) => regexOf(rule, options).matches(name));
    return true;
  },
  labelkeep(rule, labels, _value, options) {
    removeWhere(labels, (name) => !regexOf(rule, options).matches(name));
    return true;
  },
};

function replaceLabel(rule: RelabelRule, labels: LabelSet, value: string, options: RelabelOptions): void {
  const groups = regexOf(rule, options).find(value);
  if (!groups) return;
  const target = rule.target_label ?? '';
  const name = expand(target, groups);
  // Before 2.50 a name or value that came out wrong removed the label as it stands in the rule, unexpanded.
  const isOld = !isAtLeast(options.version, [2, 50, 0]);
  if (!isLabelName(name, schemeOf(options))) {
    if (isOld) labels.put(target, '');
    return;
  }
  const replaced = expand(rule.replacement ?? '$1', groups);
  labels.put(replaced === '' && isOld ? target : name, replaced);
}

function schemeOf({ scheme, version }: RelabelOptions): NameValidationScheme {
  return isAtLeast(version, [3, 0, 0]) ? (scheme ?? 'utf8') : 'legacy';
}

function regexOf(rule: RelabelRule, { version }: RelabelOptions): Re2 {
  const flags = isAtLeast(version, [3, 0, 0]) ? 's' : ''; // since 3.0 a dot matches a newline too
  const regex = compileRe2(`^(?${flags}:${rule.regex ?? '(.*)'})$`);
  if (typeof regex === 'string') throw new Error(`regex ${rule.regex}: ${regex}`);
  return regex;
}

function removeWhere(labels: LabelSet, isUnwanted: (name: string) => boolean): void {
  for (const [name] of labels.snapshot()) {
    if (isUnwanted(name)) labels.put(name, '');
  }
}

function hashModulo(value: string, modulus: number): string {
  const hash = createHash('md5').update(value).digest();
  return String(hash.readBigUInt64BE(8) % BigInt(modulus));
}
