import { nearest } from '../../lib/nearest.ts';
import type { RelabelField, RelabelRule } from './relabel.ts';
import { RELABEL_FIELDS } from './relabel.ts';

/** A relabel rule that could not be read: which one, counted from 0, which field of it, and a sentence. */
export interface UnreadableRule {
  readonly rule: number;
  /** As it was written; empty for the rule as a whole. */
  readonly field: string;
  readonly message: string;
}

/** What became of data that should be relabel rules: the rules, or why not. */
export type RelabelRulesFrom = { readonly rules: readonly RelabelRule[] } | { readonly problems: readonly UnreadableRule[] };

/** Names under which a list of rules may stand, when the data is not the list itself. */
const LISTS = ['relabel_configs', 'metric_relabel_configs', 'write_relabel_configs', 'alert_relabel_configs', 'relabel', 'metricRelabel', 'relabelings', 'metricRelabelings'];

/** Both spellings of each field. */
const SPELLINGS: ReadonlyMap<string, RelabelField> = new Map(RELABEL_FIELDS.flatMap((field) => [[field, field], [camelCase(field), field]] as const));

/**
 * Relabel rules out of data that was YAML or JSON: a list, one rule, or an object with one of the usual lists in it. Fields may be
 * spelled Prometheus' way or in camelCase. Values are taken as Prometheus' own YAML reader takes them: plain values as text, and
 * a field without a value as empty, not as its default.
 */
export function relabelRulesFrom(data: unknown): RelabelRulesFrom {
  const list = listIn(data);
  if (list === undefined) return { problems: [{ rule: 0, field: '', message: 'no relabel rules in it: write a list of rules, like "- {action: drop, source_labels: [a], regex: b}"' }] };
  const read = list.map(ruleFrom);
  const problems = read.flatMap((rule) => rule.problems);
  return problems.length > 0 ? { problems } : { rules: read.map(({ rule }) => rule) };
}

function listIn(data: unknown): readonly unknown[] | undefined {
  if (Array.isArray(data)) return data;
  if (typeof data !== 'object' || data === null) return undefined;
  const fields = data as Readonly<Record<string, unknown>>;
  const name = LISTS.find((list) => Array.isArray(fields[list]));
  if (name !== undefined) return fields[name] as unknown[];
  return Object.keys(fields).some((field) => SPELLINGS.has(field)) ? [data] : undefined;
}

function ruleFrom(data: unknown, index: number): { rule: RelabelRule; problems: UnreadableRule[] } {
  const fail = (field: string, message: string) => ({ rule: index, field, message });
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return { rule: {}, problems: [fail('', 'a rule is a map of fields, like {action: drop, source_labels: [a], regex: b}')] };
  const rule: Record<string, unknown> = {};
  const problems: UnreadableRule[] = [];
  for (const [name, value] of Object.entries(data)) {
    const field = SPELLINGS.get(name);
    const read = field === undefined ? unknownField(name) : READERS[field](value, name);
    if (typeof read === 'string') problems.push(fail(name, read));
    else if (field !== undefined && read.value !== undefined) rule[field] = read.value;
  }
  return { rule, problems };
}

function unknownField(name: string): string {
  const guess = nearest(name, SPELLINGS.keys());
  return `field "${name}" is unknown: ${guess === undefined ? `a rule has ${RELABEL_FIELDS.join(', ')}` : `did you mean ${guess}?`}`;
}

/** A value, or what is wrong with it. */
type Read = (value: unknown, name: string) => { readonly value: unknown } | string;

const READERS: Readonly<Record<RelabelField, Read>> = {
  action: readText,
  source_labels: readTexts,
  separator: readText,
  target_label: readText,
  regex: readText,
  modulus: readWhole,
  replacement: readText,
};

function readText(value: unknown, name: string): ReturnType<Read> {
  if (value === null) return { value: '' };
  if (value === undefined) return { value };
  return typeof value === 'object' ? `${name} must be text, not ${Array.isArray(value) ? 'a list' : 'a map'}` : { value: String(value) };
}

function readTexts(value: unknown, name: string): ReturnType<Read> {
  if (value === null || value === undefined) return { value: undefined };
  if (!Array.isArray(value)) return `${name} must be a list: write [${typeof value === 'object' ? 'a, b' : String(value)}]`;
  if (value.some((item) => typeof item === 'object' && item !== null)) return `${name} must be a list of names`;
  return { value: value.map((item) => String(item ?? '')) };
}

function readWhole(value: unknown, name: string): ReturnType<Read> {
  if (value === null) return { value: 0 };
  const text = String(value).replaceAll('_', '');
  const number = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return text === '' || !Number.isInteger(number) || number < 0 ? `${name} must be a whole number from 1 on, not ${JSON.stringify(value)}` : { value: number };
}

function camelCase(field: string): string {
  return field.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
