import { printItems, printYaml } from '../prometheus/print.ts';
import type { InhibitRule, NamedTimeIntervals } from './config.ts';
import type { Receiver } from './receiver.ts';
import type { Route } from './route.ts';

/** Some items of a list, with a line of comment to stand above them. */
export interface Commented<T> {
  /** Without the `#`; on one line. */
  readonly comment: string;
  readonly items: readonly T[];
}

/** A config whose lists are made of commented parts. The root route's children are apart from it. */
export interface CommentedConfig {
  readonly inhibit_rules: readonly Commented<InhibitRule>[];
  readonly receivers: readonly Commented<Receiver>[];
  readonly route: Omit<Route, 'routes'>;
  readonly routes: readonly Commented<Route>[];
  readonly time_intervals: readonly Commented<NamedTimeIntervals>[];
}

/** How deep the comments stand in each list. Text of several lines stands deeper, so it is never taken for one. */
const INDENT = { inhibit_rules: 2, receivers: 2, routes: 4, time_intervals: 2 } as const;
export type CommentedList = keyof typeof INDENT;

/** Alertmanager's config as YAML: the same config is the same bytes. */
export function printAlertmanagerConfig({ route, routes, ...lists }: CommentedConfig): string {
  return [
    printList('inhibit_rules', lists.inhibit_rules),
    printList('receivers', lists.receivers),
    printYaml({ route }),
    printList('routes', routes),
    printList('time_intervals', lists.time_intervals),
  ].join('');
}

function printList(name: CommentedList, parts: readonly Commented<unknown>[]): string {
  const margin = ' '.repeat(INDENT[name]);
  const filled = parts.filter(({ items }) => items.length > 0);
  if (filled.length === 0) return '';
  return `${margin.slice(2)}${name}:\n${filled.map(({ comment, items }) => `${margin}# ${comment}\n${printItems(items, margin.length)}`).join('')}`;
}

/** The lines below each comment of a printed config, by list and comment. */
export function commentedParts(text: string): { readonly list: CommentedList; readonly comment: string; readonly yaml: string }[] {
  const parts: { list: CommentedList; comment: string; lines: string[] }[] = [];
  let list: CommentedList | undefined;
  let isOpen = false;
  for (const line of text.split('\n')) {
    const start = /^(?:| {2})([a-z_]+):/.exec(line)?.[1];
    const comment = list === undefined ? undefined : commentAt(line, INDENT[list]);
    if (start !== undefined) {
      list = start in INDENT ? (start as CommentedList) : undefined;
      isOpen = false;
    } else if (list !== undefined && comment !== undefined) {
      parts.push({ list, comment, lines: [] });
      isOpen = true;
    } else if (isOpen) {
      parts.at(-1)?.lines.push(line);
    }
  }
  return parts.map(({ lines, ...part }) => ({ ...part, yaml: lines.join('\n') }));
}

function commentAt(line: string, indent: number): string | undefined {
  return line.startsWith(`${' '.repeat(indent)}# `) ? line.slice(indent + 2) : undefined;
}
