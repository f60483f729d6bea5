import type { SilenceSpec } from '../../api/alert-policy.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { parseMatchers, type Matcher } from '../../formats/alertmanager/matcher.ts';

/** A matcher in the words of Alertmanager's API (v2). */
export interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** What /api/v2/silences takes: a silence to create. */
export interface NewSilence {
  readonly matchers: readonly SilenceMatcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** What /api/v2/silences shows. */
export interface AlertmanagerSilence extends NewSilence {
  readonly id: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
}

/** A silence that an accepted policy asks for, with the matchers that it is to have in the end. */
export interface WantedSilence {
  /** `AlertPolicy/namespace/name` */
  readonly owner: string;
  readonly silence: SilenceSpec;
}

/** What to do about the silences of a stack. */
export interface SilencePlan {
  readonly create: readonly NewSilence[];
  /** Identifiers. */
  readonly expire: readonly string[];
}

/**
 * Compares the silences that policies ask for with those that Alertmanager has. Ours are told from others by `createdBy`,
 * which names stack and policy; others are left alone. What is over already is neither created nor ended. One that somebody
 * ended by hand before its time is created again: to end it, take it out of the policy.
 */
export function planSilences({ stack, wanted, live, now }: {
  readonly stack: Pick<MonitoringStack, 'metadata'>;
  readonly wanted: readonly WantedSilence[];
  readonly live: readonly AlertmanagerSilence[];
  readonly now: Date;
}): SilencePlan {
  const prefix = `belfry/${stack.metadata.namespace}/${stack.metadata.name}/`;
  const unclaimed = live.filter(({ createdBy, status }) => createdBy.startsWith(prefix) && status.state !== 'expired');
  const create: NewSilence[] = [];
  for (const { owner, silence } of wanted) {
    if (Date.parse(silence.end) <= now.getTime()) continue;
    const asked = newSilence(`${prefix}${owner.slice(owner.indexOf('/') + 1)}`, silence);
    const index = unclaimed.findIndex((one) => isSame(one, asked, now));
    if (index >= 0) unclaimed.splice(index, 1);
    else create.push(asked);
  }
  return { create, expire: unclaimed.map(({ id }) => id).sort() };
}

function newSilence(createdBy: string, { matchers, start, end, comment }: SilenceSpec): NewSilence {
  return {
    matchers: matchers.flatMap((text) => {
      const parsed = parseMatchers(text);
      return 'problem' in parsed ? [] : parsed.matchers.map(silenceMatcher);
    }),
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(end).toISOString(),
    createdBy,
    // Alertmanager takes an empty one; its page asks people for one, so that others learn why.
    comment: comment ?? `Declared by the AlertPolicy ${createdBy.split('/').slice(-2).join('/')}.`,
  };
}

function silenceMatcher({ name, operator, value }: Matcher): SilenceMatcher {
  return { name, value, isRegex: operator === '=~' || operator === '!~', isEqual: operator === '=' || operator === '=~' };
}

/** Alertmanager moves a start that is past to the moment of creation, so only starts to come are compared. */
function isSame(live: AlertmanagerSilence, asked: NewSilence, now: Date): boolean {
  const [liveStart, askedStart] = [Date.parse(live.startsAt), Date.parse(asked.startsAt)];
  const startsAlike = askedStart > now.getTime() ? liveStart === askedStart : liveStart <= now.getTime() + CLOCK_SKEW_MS;
  return (
    startsAlike &&
    live.createdBy === asked.createdBy &&
    live.comment === asked.comment &&
    Date.parse(live.endsAt) === Date.parse(asked.endsAt) &&
    matcherKey(live.matchers) === matcherKey(asked.matchers)
  );
}

/** Between the operator's clock and Alertmanager's. */
const CLOCK_SKEW_MS = 60_000;

// Alertmanager keeps no order of matchers.
function matcherKey(matchers: readonly SilenceMatcher[]): string {
  return matchers.map(({ name, value, isRegex, isEqual }) => JSON.stringify([name, value, isRegex, isEqual])).sort().join();
}
