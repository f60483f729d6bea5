import { printObjectDiff, summaryLine } from '../diff/print.ts';
import { maskPair } from '../diff/mask.ts';
import { withoutServerFields } from '../diff/compare.ts';
import { refKey } from '../api/kube-object.ts';
import type { Palette } from './colour.ts';
import { findingLine } from './finding-line.ts';
import type { StackDiff, StackObjectDiff } from './stack-diff.ts';

/** What `belfry diff` found. */
export interface DiffReport {
  readonly stacks: readonly StackDiff[];
  /** What the user may not do, so that the answer may be incomplete: `patch configmaps in shop`. */
  readonly permissions: readonly string[];
}

/** The report for people. Credentials are masked by what prints the objects. */
export function diffText({ stacks, permissions }: DiffReport, palette: Palette): string {
  const parts = [...stacks.map((stack) => stackText(stack, palette)), permissionsText(permissions, palette)];
  return parts.filter((part) => part !== '').join('\n');
}

function stackText(stack: StackDiff, palette: Palette): string {
  const { namespace, name, diffs } = stack;
  const lines = [palette.bold(`MonitoringStack ${namespace}/${name}: ${diffs.length === 0 ? 'no differences' : summaryLine(diffs)}`)];
  lines.push(...stack.jobs.gained.map((job) => palette.added(`  + scraped: ${job}`)), ...stack.jobs.lost.map((job) => palette.removed(`  - no longer scraped: ${job}`)));
  lines.push(...stack.rejections.map(({ object, path, reason, message }) => palette.warning(`  ! ${findingLine({ file: '', line: 0, object: refKey(object), path, reason, message })}`)));
  lines.push(...stack.errors.map(({ object, message }) => palette.bad(`  ! the API server refuses ${refKey(object)}: ${message.replaceAll('\n', ' ')}`)));
  if (stack.areSecretsLeftOut) lines.push(palette.warning('  ! Secrets are not compared: you may not read those that the stack needs'));
  return [`${lines.join('\n')}\n`, ...diffs.map((diff) => objectText(diff, palette))].join('');
}

function objectText(diff: StackObjectDiff, palette: Palette): string {
  const printed = printObjectDiff(diff, { palette });
  if (diff.drift.length === 0) return printed;
  const end = printed.indexOf('\n') + 1;
  const notes = diff.drift.map((drift) => palette.warning(`  ! changed: ${drift}\n`));
  return `${printed.slice(0, end)}${notes.join('')}${printed.slice(end)}`;
}

function permissionsText(permissions: readonly string[], palette: Palette): string {
  if (permissions.length === 0) return '';
  const lines = permissions.map((permission) => `  ${permission}`);
  return `${palette.warning('You may not do the following, so this may be incomplete:')}\n${lines.join('\n')}\n`;
}

/** The report for programs, credentials masked. */
export function diffJson({ stacks, permissions }: DiffReport): string {
  const value = { stacks: stacks.map(stackValue), permissionsMissing: permissions };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function stackValue({ diffs, jobs, errors, ...rest }: StackDiff): object {
  const count = (kind: StackObjectDiff['kind']): number => diffs.filter((diff) => diff.kind === kind).length;
  return { ...rest, summary: { create: count('create'), update: count('update'), delete: count('delete') }, targets: jobs, errors, changes: diffs.map(changeValue) };
}

function changeValue({ kind, ref, paths, drift, before, after }: StackObjectDiff): object {
  const cleaned = { ...(before ? { before: withoutServerFields(before) } : {}), ...(after ? { after: withoutServerFields(after) } : {}) };
  return { change: kind, object: ref, paths, drift, ...maskPair(cleaned) };
}
