/** A text of at least so many characters is written by us: the YAML library looks at each of them several times. */
const LONG = 1_000;
const NAME = 'belfry long text ';

/** Texts that stand aside while the library writes what is around them. */
export interface SetAside {
  readonly value: unknown;
  readonly texts: readonly string[];
}

/**
 * A ConfigMap without its long texts (dashboards, rules, scrape configs), each of which has a name in its place. Anything else,
 * and texts that need more than a literal block or single quotes, stay as they are.
 */
export function setAside(value: unknown): SetAside {
  const { kind, data } = (value ?? {}) as { readonly kind?: unknown; readonly data?: Readonly<Record<string, unknown>> };
  if (kind !== 'ConfigMap' || typeof data !== 'object') return { value, texts: [] };
  // Nobody's text may pass for a name of ours.
  if (Object.values(data).some((text) => typeof text === 'string' && text.startsWith(NAME))) return { value, texts: [] };
  const texts: string[] = [];
  const around = Object.entries(data).map(([name, text]) => [name, isSimpleLong(text) ? nameOf(texts.push(text) - 1) : text]);
  return { value: { ...(value as object), data: Object.fromEntries(around) }, texts };
}

/** The YAML of what was around, with the texts in it: lines as a literal block, JSON on one line in single quotes. */
export function putBack(yaml: string, texts: readonly string[]): string {
  if (texts.length === 0) return yaml;
  return yaml.replace(/^( *)(\S.*): belfry long text (\d+)$/gm, (line, indent: string, name: string, index: string) => {
    const text = texts[Number(index)];
    return text === undefined ? line : `${indent}${name}: ${isLines(text) ? `|\n${block(text, `${indent}  `)}` : quoted(text)}`;
  });
}

function nameOf(index: number): string {
  return `${NAME}${index}`;
}

function isSimpleLong(text: unknown): text is string {
  return typeof text === 'string' && text.length >= LONG && (isLines(text) || isJsonLine(text));
}

/** Lines of printable ASCII that begin with no blank and end with none, and one line break at the end. */
function isLines(text: string): boolean {
  return text.endsWith('\n') && !text.endsWith('\n\n') && !/^\s|[^\n\x20-\x7E]| \n/.test(text);
}

function isJsonLine(text: string): boolean {
  return text.startsWith('{') && text.endsWith('}') && !/[^\x20-\x7E]/.test(text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function block(text: string, indent: string): string {
  return text.slice(0, -1).replace(/^(?=.)/gm, indent);
}
