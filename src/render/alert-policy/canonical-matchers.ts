import { parseMatchers, printMatcher } from '../../formats/alertmanager/matcher.ts';

/**
 * The matchers of several texts, one a text, written so that every parser of Alertmanager reads them the same. The texts must
 * be valid.
 */
export function canonicalMatchers(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const parsed = parseMatchers(text);
    if ('problem' in parsed) throw new Error(`a matcher that was never checked: ${parsed.problem}`);
    return parsed.matchers.map(printMatcher);
  });
}
