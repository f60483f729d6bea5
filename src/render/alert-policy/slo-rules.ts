import type { SloSpec } from '../../api/alert-policy.ts';
import { parseDuration, printDuration } from '../../formats/prometheus/duration.ts';
import type { Rule } from '../../formats/prometheus/rule-group.ts';

/**
 * The four conditions of the SRE workbook (chapter 5, "Alerting on SLOs", multiwindow multi-burn-rate), for an SLO over 30
 * days: how fast the error budget burns over a long window, and whether it still does over a short one.
 */
const BURN_RATES = [
  { severity: 'critical', long: '1h', short: '5m', factor: 14.4, for: '2m' },
  { severity: 'critical', long: '6h', short: '30m', factor: 6, for: '15m' },
  { severity: 'warning', long: '1d', short: '2h', factor: 3, for: '1h' },
  { severity: 'warning', long: '3d', short: '6h', factor: 1, for: '3h' },
] as const;

const BASE_WINDOW = '30d';
const MINUTE_MS = 60_000;

/** Where a range goes in the expressions of an SLO. */
export const WINDOW_PLACEHOLDER = '$window';

/**
 * Fewer failed events than this in the long window never alert: at a few requests an hour a single failure is a burn rate of
 * hundreds, and tells nothing.
 */
const FEWEST_BAD_EVENTS = 3;

/** An SLO of one policy: names and labels of its series follow from both. */
export interface SloOf {
  /** `namespace/name` of the policy. */
  readonly policy: string;
  readonly slo: SloSpec;
}

/** The records of an SLO (its error ratio over each window), then its burn-rate alerts, for one rule group. */
export function sloRules({ policy, slo }: SloOf): Rule[] {
  const identity = { slo: slo.name, slo_policy: policy };
  const rates = burnRates(slo.window ?? BASE_WINDOW);
  const windows = [...new Set(rates.flatMap(({ long, short }) => [short, long]))].sort((a, b) => millis(a) - millis(b));
  const counted = countsEvents(slo);
  return [
    ...windows.map((window): Rule => ({ record: ratioName(window), expr: errorRatio(slo, window), labels: { ...slo.labels, ...identity } })),
    ...(counted ? rates.map(({ long }): Rule => ({ record: badEventsName(long), expr: badEvents(slo, long), labels: { ...slo.labels, ...identity } })) : []),
    ...rates.flatMap((rate) => burnAlert({ policy, slo }, rate, { identity, counted })),
  ];
}

interface BurnRate {
  readonly severity: string;
  readonly long: string;
  readonly short: string;
  readonly factor: number;
  readonly for: string;
}

/** The windows scale with the SLO's, which leaves the factors as they are; whole minutes, and two at least: rate() needs two samples. */
function burnRates(window: string): BurnRate[] {
  const scale = millis(window) / millis(BASE_WINDOW);
  const scaled = (duration: string, atLeast: number): string => printDuration(Math.max(atLeast, Math.round((millis(duration) * scale) / MINUTE_MS)) * MINUTE_MS);
  return BURN_RATES.map((rate) => ({ ...rate, long: scaled(rate.long, 2), short: scaled(rate.short, 2), for: scaled(rate.for, 1) }));
}

function millis(duration: string): number {
  return parseDuration(duration) ?? 0;
}

function ratioName(window: string): string {
  return `slo:error_ratio:rate${window}`;
}

function badEventsName(window: string): string {
  return `slo:bad_events:increase${window}`;
}

/** An expression of the SLO over one window. */
export function overWindow(expr: string, window: string): string {
  return expr.replaceAll(WINDOW_PLACEHOLDER, window);
}

// Without events there is no ratio: 0/0 would be NaN, which dashboards show and alerts never see. A good or bad series that
// has not appeared yet counts as 0, as long as there is a total.
function errorRatio({ errors }: SloSpec, window: string): string {
  const total = `(${overWindow(errors.total, window)})`;
  const part = (expr: string): string => `((${overWindow(expr, window)}) or (${total} * 0))`;
  if (errors.bad !== undefined) return `${part(errors.bad)} / (${total} > 0)`;
  return `1 - ${part(errors.good ?? '')} / (${total} > 0)`;
}

/** Whether the number of events in a window can be told: from rate() with the window's length, from increase() as it is. */
function countsEvents({ errors }: SloSpec): boolean {
  return factorToEvents(errors.total, '1h') !== undefined && factorToEvents(errors.bad ?? errors.good ?? '', '1h') !== undefined;
}

function factorToEvents(expr: string, window: string): number | undefined {
  const hasRate = /\brate\s*\(/.test(expr);
  const hasIncrease = /\bincrease\s*\(/.test(expr);
  if (hasRate === hasIncrease) return undefined;
  return hasIncrease ? 1 : millis(window) / 1000;
}

function badEvents({ errors }: SloSpec, window: string): string {
  const count = (expr: string): string => `(${overWindow(expr, window)}) * ${factorToEvents(expr, window)}`;
  if (errors.bad !== undefined) return count(errors.bad);
  return `${count(errors.total)} - ((${count(errors.good ?? '')}) or (${overWindow(errors.total, window)}) * 0)`;
}

interface AlertParts {
  readonly identity: Readonly<Record<string, string>>;
  readonly counted: boolean;
}

/** Nothing where even total failure would not burn that fast: 14.4 times a budget of 10 percent is more than everything. */
function burnAlert({ policy, slo }: SloOf, { severity, long, short, factor, for: hold }: BurnRate, { identity, counted }: AlertParts): Rule[] {
  const budget = errorBudget(slo.objective);
  if (factor * Number(budget) >= 1) return [];
  const selector = `{slo="${slo.name}",slo_policy="${policy}"}`;
  const tooMuch = (window: string): string => `${ratioName(window)}${selector} > (${factor} * ${budget})`;
  const enough = counted ? ` and ${badEventsName(long)}${selector} >= ${FEWEST_BAD_EVENTS}` : '';
  return [{
    alert: sloAlertName({ policy, slo }),
    expr: `${tooMuch(long)} and ${tooMuch(short)}${enough}`,
    for: hold,
    labels: { ...slo.labels, ...identity, severity: slo.labels?.['severity'] ?? severity, slo_window: long },
    annotations: {
      summary: `SLO ${slo.name} of ${policy} burns its error budget at more than ${factor} times the rate that its objective allows: {{ $value | humanizePercentage }} failed in the last ${long}.`,
      description: `The objective is ${slo.objective} percent over ${slo.window ?? BASE_WINDOW}.`,
      ...slo.annotations,
    },
  }];
}

/** `CheckoutAvailabilityErrorBudgetBurn`: its own name for each SLO, so that inhibitions by name keep to one SLO. */
export function sloAlertName({ policy, slo }: SloOf): string {
  const words = `${policy.slice(policy.indexOf('/') + 1)}-${slo.name}`.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}ErrorBudgetBurn`;
}

/** 1 minus the objective, as exact decimal text: "99.95" leaves "0.0005", where floating point would leave 0.00049999.... */
export function errorBudget(objective: string): string {
  const [whole = '0', fraction = ''] = objective.split('.');
  const rest = 100n * 10n ** BigInt(fraction.length) - BigInt(whole + fraction);
  const digits = rest.toString().padStart(fraction.length + 3, '0');
  const at = digits.length - fraction.length - 2;
  return `${digits.slice(0, at)}.${digits.slice(at)}`.replace(/\.?0+$/, '');
}
