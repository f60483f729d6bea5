import type { Problem } from '../../api/rejection.ts';
import { parseMatchers } from '../../formats/alertmanager/matcher.ts';

/** What is wrong with a list of matchers that stands at `path`. */
export function matcherProblems(texts: readonly string[] | undefined, path: string): Problem[] {
  return (texts ?? []).flatMap((text, index) => {
    const parsed = parseMatchers(text);
    if ('problem' in parsed) return [{ path: `${path}[${index}]`, reason: 'MatcherInvalid' as const, message: parsed.problem }];
    const nameless = parsed.matchers.some(({ name }) => name === '');
    return nameless ? [{ path: `${path}[${index}]`, reason: 'MatcherInvalid' as const, message: `"${text}" names no label: write label="value"` }] : [];
  });
}
