/** A directive of Fluentd's config: `<source>`, `<match kube.**>`, `<parse>` ... */
export interface Directive {
  readonly name: string;
  /** What stands behind the name: a pattern of tags. */
  readonly argument?: string;
  /** Parameters, each with its value as Fluentd is to read it; undefined ones are left out. */
  readonly set: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly inside?: readonly Directive[];
}

/** Fluentd's own notation (docs.fluentd.org, configuration/config-file). Ends with a newline. */
export function printFluentd(directives: readonly Directive[]): string {
  return directives.map((directive) => print(directive, '')).join('\n');
}

function print({ name, argument, set, inside = [] }: Directive, margin: string): string {
  const parameters = Object.entries(set).flatMap(([key, value]) => (value === undefined ? [] : [`${margin}  ${key} ${valueOf(value)}\n`]));
  return `${margin}<${name}${argument === undefined ? '' : ` ${argument}`}>\n${parameters.join('')}${inside.map((one) => print(one, `${margin}  `)).join('')}${margin}</${name}>\n`;
}

/** A text with a space, a sharp or a quote in it would not be read as it is; regular expressions and lists are their own notation. */
function valueOf(value: string | number | boolean): string {
  if (typeof value !== 'string' || /^[\w@:./*$,^|()\\+?-]+$/.test(value) || /^\/.*\/$/.test(value) || value.startsWith('[') || value.startsWith('"')) return String(value);
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('#', '\\#')}"`;
}
