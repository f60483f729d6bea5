import type { SilenceSpec } from '../../api/alert-policy.ts';
import type { Problem } from '../../api/rejection.ts';
import { matches, parseMatchers } from '../../formats/alertmanager/matcher.ts';
import { matcherProblems } from './matcher-problems.ts';

/**
 * Everything for which Alertmanager would refuse a silence (silence/silence.go, validateSilence). `own` are the matchers that
 * are added to each.
 */
export function silenceProblems(silences: readonly SilenceSpec[], own: readonly string[]): Problem[] {
  return silences.flatMap((silence, index) => {
    const path = `spec.silences[${index}]`;
    const wrong = matcherProblems(silence.matchers, `${path}.matchers`);
    const wide = wrong.length === 0 && fitsNothingness([...own, ...silence.matchers]);
    return [
      ...wrong,
      ...(silence.matchers.length === 0 || wide ? [problem(`${path}.matchers`, 'the matchers fit every alert: name at least one label with a value that is not empty')] : []),
      ...timeProblems(silence, path),
    ];
  });
}

function problem(path: string, message: string): Problem {
  return { path, reason: 'SilenceInvalid', message };
}

/** Whether matchers fit an alert without any labels; Alertmanager takes no such silence, for it would silence nearly everything. */
function fitsNothingness(texts: readonly string[]): boolean {
  return texts.every((text) => {
    const parsed = parseMatchers(text);
    return 'matchers' in parsed && parsed.matchers.every((matcher) => matches(matcher, {}));
  });
}

function timeProblems({ start, end }: SilenceSpec, path: string): Problem[] {
  const bad = ([['start', start], ['end', end]] as const).filter(([, time]) => !isTime(time));
  if (bad.length > 0) return bad.map(([field, time]) => problem(`${path}.${field}`, `"${time}" is no moment: write it like 2026-12-01T00:00:00Z`));
  return Date.parse(start) < Date.parse(end) ? [] : [problem(`${path}.end`, `the silence ends at ${end}, which is not after its start ${start}`)];
}

// Date.parse alone takes 30 February for 2 March.
function isTime(text: string): boolean {
  const [, year, month, day] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return !Number.isNaN(Date.parse(text)) && date.getUTCMonth() === Number(month) - 1;
}
