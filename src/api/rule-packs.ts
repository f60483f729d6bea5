import type { Static } from 'typebox';
import { isOn } from './presence.ts';
import { choice, duration, flag, intOrString, list, object, optional, text } from './schema.ts';

/** Where the pages of docs/runbooks are, one for each alert. */
const RUNBOOKS = 'https://belfry.dev/runbooks/';

const override = object('', {
  alert: text('', { minLength: 1 }),
  ofSeverity: optional(choice('Only the rule that has this severity by default, where the alert has several.', ['critical', 'warning', 'info', 'none'])),
  severity: optional(text('', { pattern: '^[A-Za-z0-9_.-]+$' })),
  for: optional(duration('')),
  threshold: optional(intOrString('A number, in quotes where it has a fraction; docs/reference/alerts.md has the default and what it counts.')),
});

export const rulePacksSchema = object('The rules that come with what is on; docs/reference/alerts.md lists them.', {
  enabled: optional(flag()),
  disable: optional(list('Alerts, records or whole packs to leave out.', text())),
  enable: optional(list('Alerts, records or whole packs to have that are off by default.', text())),
  overrides: optional(list('Other figures for alerts; a later one wins.', override)),
  runbookUrl: optional(text('Start of runbook_url; the name of the alert comes behind it.', { pattern: '^https?://[^ {}]+$' })),
});

export type RulePacksSpec = Static<typeof rulePacksSchema>;
export type RuleOverride = Static<typeof override>;

/** Which rules a stack has, with every default in place. */
export interface RulePackSettings {
  readonly enabled: boolean;
  readonly disable: readonly string[];
  readonly enable: readonly string[];
  readonly overrides: readonly RuleOverride[];
  /** With everything before the name of the alert. */
  readonly runbookUrl: string;
}

/** What a stack's spec means for the rules that come with it. */
export function rulePackSettings(spec: RulePacksSpec = {}): RulePackSettings {
  const { disable = [], enable = [], overrides = [], runbookUrl = RUNBOOKS } = spec;
  return { enabled: isOn(spec, true), disable, enable, overrides, runbookUrl: runbookUrl.replace(/([^/=])$/, '$1/') };
}
