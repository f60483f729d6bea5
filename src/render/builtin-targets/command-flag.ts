/** Value of the last such flag among arguments, or inside of one: some platforms start theirs through a shell. */
export function commandFlag(command: readonly string[], name: string): string | undefined {
  const values = [...command.join(' ').matchAll(new RegExp(`(?:^|\\s)${name}[= ](\\S+)`, 'g'))].map(([, value]) => value);
  return values.at(-1);
}
