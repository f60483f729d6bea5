/** A regular expression (in the part that RE2 and Onigmo share) that exactly these label values match. */
export function oneOf(values: readonly string[]): string {
  return `^(${values.map((value) => value.replaceAll('.', String.raw`\.`)).join('|')})$`;
}
