import type { Condition } from '../api/conditions.ts';
import { plural } from '../lib/plural.ts';
import { palette, type Palette } from './colour.ts';
import type { FiringAlert, Health, Overview, StackOverview } from './stack-overview.ts';
import { table } from './table.ts';

export interface StatusReportOptions {
  readonly colour: boolean;
  /** Also what is well. */
  readonly wide: boolean;
}

type Component = StackOverview['components'][number];

/** All stacks as text for people: first how each is, then its parts, then what is wrong and what to do about it. */
export function statusReport({ stacks, unselected }: Overview, { colour, wide }: StatusReportOptions): string {
  const paint = palette(colour);
  const blocks = stacks.map((stack) => stackBlock(stack, paint, wide));
  const lost = unselected.map(({ kind, namespace, name, reason, message }) => `  ${kind} ${namespace}/${name}: ${paint.warning(reason)}: ${message}\n`);
  if (lost.length > 0) blocks.push(`${paint.bold('Selected by no stack')}\n${lost.join('')}`);
  return blocks.join('\n');
}

function stackBlock(stack: StackOverview, paint: Palette, wide: boolean): string {
  const title = `${paint.bold(`${stack.namespace}/${stack.name}`)}  ${readiness(stack, paint)}\n`;
  return [title, summary(stack), components(stack, paint), resources(stack, paint, wide), firing(stack.firing, paint), oddities(stack, paint)].filter(Boolean).join('');
}

const WORDS: Readonly<Record<Condition['status'], string>> = { True: 'Ready', False: 'Not ready', Unknown: 'Not ready yet' };

function readiness({ ready, reason, message }: Health, paint: Palette): string {
  const colours = { True: paint.good, False: paint.bad, Unknown: paint.warning };
  const word = colours[ready](WORDS[ready]);
  return ready === 'True' && reason === 'Ready' ? word : `${word}: ${reason}: ${message}`;
}

function summary({ config, targets, alertPolicies }: StackOverview): string {
  const rules = alertPolicies.reduce((sum, policy) => sum + policy.rules, 0);
  const lines = [
    config ? `config    live on ${config.live} (${config.hash})` : '',
    targets ? `targets   ${targets.up ?? 0} up, ${targets.down ?? 0} down, of ${plural(targets.selected, 'ScrapeTarget')}${rejected(targets.rejected)}` : '',
    alertPolicies.length > 0 ? `alerts    ${plural(rules, 'rule')} of ${plural(alertPolicies.length, 'AlertPolicy', 'AlertPolicies')}` : '',
  ];
  return lines.filter(Boolean).map((line) => `  ${line}\n`).join('');
}

function rejected(count: number): string {
  return count > 0 ? `, ${count} rejected` : '';
}

function components({ components: list }: StackOverview, paint: Palette): string {
  if (list.length === 0) return '';
  return `\n${indented(
    table<Component>(
      [
        { title: 'COMPONENT', value: ({ name }) => name },
        { title: 'VERSION', value: ({ version }) => version },
        { title: 'READY', value: ({ ready }) => (isWhole(ready) ? paint.good(ready) : paint.bad(ready)) },
        { title: 'MESSAGE', value: ({ message }) => message ?? ' ' },
      ],
      list,
    ),
  )}`;
}

/** `2/2` is whole, `1/2` is not. */
function isWhole(ready: string): boolean {
  const [have, want] = ready.split('/');
  return have === want;
}

function resources({ scrapeTargets, alertPolicies }: StackOverview, paint: Palette, wide: boolean): string {
  const rows = [
    ...scrapeTargets.map((target) => ({ ...target, kind: 'ScrapeTarget', numbers: `${target.up} up, ${target.down} down` })),
    ...alertPolicies.map((policy) => ({ ...policy, kind: 'AlertPolicy', numbers: plural(policy.rules, 'rule') })),
  ].filter(({ ready }) => wide || ready !== 'True');
  if (rows.length === 0) return '';
  return `\n${indented(
    table<(typeof rows)[number]>(
      [
        { title: wide ? 'RESOURCE' : 'NOT READY', value: ({ kind, namespace, name }) => `${kind} ${namespace}/${name}` },
        { title: 'HAS', value: ({ numbers }) => numbers },
        { title: 'REASON', value: ({ ready, reason }) => (ready === 'False' ? paint.bad(reason) : reason) },
        { title: 'MESSAGE', value: ({ message }) => message },
      ],
      rows,
    ),
  )}`;
}

function firing(alerts: readonly FiringAlert[], paint: Palette): string {
  if (alerts.length === 0) return '';
  return `\n${indented(
    table<FiringAlert>(
      [
        { title: 'FIRING', value: ({ alert }) => paint.bad(alert) },
        { title: 'COUNT', value: ({ count }) => count, align: 'right' },
        { title: 'SINCE', value: ({ since }) => since },
        { title: 'POLICY', value: ({ policy }) => policy },
      ],
      alerts,
    ),
  )}`;
}

function oddities({ drift, omitted }: StackOverview, paint: Palette): string {
  const drifted = drift.map(({ object, path, manager, yielded }) => `drift: ${object} ${path} is changed by ${manager}${yielded ? '; left alone' : ''}`);
  const lines = [...drifted, ...omitted.map((text) => `left out: ${text}`)];
  return lines.length > 0 ? `\n${indented(lines.map((line) => `${paint.warning(line)}\n`).join(''))}` : '';
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
