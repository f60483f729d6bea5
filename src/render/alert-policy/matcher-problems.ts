import type { Problem } from '../../api/rejection.ts';
import { parseMatchers, type Matcher } from '../../formats/alertmanager/matcher.ts';

/** What is wrong with a list of matchers that stands at `path`: what Alertmanager would refuse, or take for something else. */
export function matcherProblems(texts: readonly string[] | undefined, path: string): Problem[] {
  return (texts ?? []).flatMap((text, index) => {
    const parsed = parseMatchers(text);
    const message = 'problem' in parsed ? parsed.problem : slip(text, parsed.matchers);
    return message === undefined ? [] : [{ path: `${path}[${index}]`, reason: 'MatcherInvalid' as const, message }];
  });
}

/** Matchers that Alertmanager takes by the letter, and that would never fit what was meant. */
function slip(text: string, matchers: readonly Matcher[]): string | undefined {
  for (const { name, value } of matchers) {
    if (name === '') return `"${text}" names no label: write label="value"`;
    if (/[<>]$/.test(name)) return `"${text}" would look at a label called "${name}": labels are text, only =, !=, =~ and !~ compare them`;
    if (value.startsWith('=') && text.includes('==')) return `"${text}" would look for the value "${value}": write one = where two stand`;
    if (/^'.*'$/s.test(value) && !text.includes(`"'`)) return `"${text}" would look for a value with the quotes in it: put the value in double quotes`;
  }
  return undefined;
}
