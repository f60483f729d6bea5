/** Keys that come first, in this order; all others follow in the order of their letters, and LAST after them. */
const FIRST = [
  'job_name', 'name', 'alert', 'record', 'action', 'source_labels', 'separator', 'regex', 'modulus', 'target_label', 'replacement', 'url', 'role',
  'interval', 'query_offset', 'limit', 'expr', 'for', 'keep_firing_for', 'global', 'runtime', 'rule_files', 'scrape_config_files',
];
const LAST = ['relabel_configs', 'metric_relabel_configs', 'write_relabel_configs', 'alert_relabel_configs', 'rules', 'scrape_configs'];
const RANK: ReadonlyMap<string, number> = new Map([
  ...FIRST.map((key, index) => [key, index - FIRST.length] as const),
  ...LAST.map((key, index) => [key, index + 1] as const),
]);

/** Lists whose items are short and many: one item a line. */
const ONE_LINE_ITEMS: ReadonlySet<string> = new Set(['relabel_configs', 'metric_relabel_configs', 'write_relabel_configs', 'alert_relabel_configs']);

/** A list of plain values up to this long stands on one line. */
const LONGEST_FLOW_LIST = 8;

/**
 * Writes plain data as YAML: the same data is the same bytes, whatever the order of its keys was. Properties that are undefined are
 * left out. Ends with a newline. Made for speed; only what js-yaml and Prometheus' own parser read back as the same value comes out.
 */
export function printYaml(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]\n' : printItems(value, 0);
  return isEmpty(value) ? '{}\n' : printFields(value, '');
}

/** Writes the items of a list, each line indented by `indent` spaces and ended by a newline; nothing for an empty list. */
export function printItems(items: readonly unknown[], indent: number): string {
  const margin = ' '.repeat(indent);
  let text = '';
  for (const item of items) text += printItem(item, margin);
  return text;
}

function printItem(item: unknown, margin: string): string {
  if (!isBlock(item)) return `${margin}- ${printFlow(item)}\n`;
  const nested = Array.isArray(item) ? printItems(item, margin.length + 2) : printFields(item, `${margin}  `);
  return `${margin}- ${nested.slice(margin.length + 2)}`;
}

function printFields(value: object, margin: string): string {
  let text = '';
  const fields = value as Record<string, unknown>;
  for (const key of keysOf(value)) {
    const field = fields[key.key];
    if (field !== undefined) text += printField(key, field, margin);
  }
  return text;
}

function printField({ key, printed }: PrintedKey, value: unknown, margin: string): string {
  const start = margin + printed;
  if (typeof value === 'string') return `${start} ${value.includes('\n') ? printText(value, margin) : printString(value)}\n`;
  if (!isBlock(value)) return `${start} ${printFlow(value)}\n`;
  if (!Array.isArray(value)) return `${start}\n${printFields(value, `${margin}  `)}`;
  const items = ONE_LINE_ITEMS.has(key) ? printFlowItems(value, margin) : printItems(value, margin.length + 2);
  return `${start}\n${items}`;
}

function printFlowItems(items: readonly unknown[], margin: string): string {
  let text = '';
  for (const item of items) text += `${margin}  - ${printFlow(item)}\n`;
  return text;
}

/** Whether a value takes lines of its own. */
function isBlock(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value)) return !isEmpty(value);
  return value.length > LONGEST_FLOW_LIST || value.some((item) => typeof item === 'object' && item !== null);
}

function printFlow(value: unknown): string {
  if (typeof value === 'string') return printString(value);
  if (typeof value === 'object') return printFlowObject(value);
  return typeof value === 'number' ? printNumber(value) : String(value ?? 'null');
}

function printFlowObject(value: object | null): string {
  if (value === null) return 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += text === '' ? printFlow(item) : `, ${printFlow(item)}`;
    return `[${text}]`;
  }
  const fields = value as Record<string, unknown>;
  for (const { key, printed } of keysOf(value)) {
    const item = fields[key];
    if (item !== undefined) text += `${text === '' ? '' : ', '}${printed} ${printFlow(item)}`;
  }
  return `{${text}}`;
}

function printNumber(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
}

/** A key and what is written for it, colon included. */
interface PrintedKey {
  readonly key: string;
  readonly printed: string;
}

/** The orders of keys that were worked out so far, by the keys as they came. */
const orders = new Map<string, readonly PrintedKey[]>();
const ORDERS_SIZE = 5000;
/** Half a surrogate pair: no well-formed key holds it, so no two lists of keys look the same. */
const SEPARATOR = '\ud800';

function keysOf(value: object): readonly PrintedKey[] {
  const keys = Object.keys(value);
  if (keys.length > 64) return orderOf(keys);
  const shape = `${keys.length}${keys.join(SEPARATOR)}`;
  let order = orders.get(shape);
  if (order === undefined) {
    if (orders.size >= ORDERS_SIZE) orders.clear();
    order = orderOf(keys);
    orders.set(shape, order);
  }
  return order;
}

function orderOf(keys: string[]): readonly PrintedKey[] {
  return keys.sort(compareKeys).map((key) => ({ key, printed: `${printString(key)}:` }));
}

function isEmpty(value: object): boolean {
  for (const key in value) if ((value as Record<string, unknown>)[key] !== undefined) return false;
  return true;
}

function compareKeys(a: string, b: string): number {
  return (RANK.get(a) ?? 0) - (RANK.get(b) ?? 0) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Needs no quotes in YAML 1.1 or 1.2, inside or outside of flow: a name, a path, a duration. */
const PLAIN = /^(?:[A-Za-z_/][A-Za-z0-9_/.-]*|[0-9]+(?:ms|[smhdwy]))$/;

/** Reads as something else than text in one YAML or another. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$/i;

/** Read as line breaks or refused by YAML unless escaped; JSON does not escape them. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Stands between double quotes as it is. */
const HARMLESS = /^[ !#-[\]-~]*$/;

/**
 * Prometheus' YAML reader takes these for nothing even in quotes when the field reads itself. With `regex: "null"` it then compiles the
 * text into the default expression that all rules share, which breaks every rule of that process. An explicit tag prevents it.
 */
const TAKEN_FOR_NOTHING: ReadonlySet<string> = new Set(['null', '~']);

function printString(text: string): string {
  if (TAKEN_FOR_NOTHING.has(text)) return `!!str "${text}"`;
  if (PLAIN.test(text) && !RESERVED.test(text)) return text;
  if (HARMLESS.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Fits a literal block: printable, no space at the start of the text or the end of a line, at most one newline at the end. */
const LITERAL = /^(?! )(?:[\u0020-\u007e\u00a1-\u2027\u2030-\ud7ff]*[\u0021-\u007e\u00a1-\u2027\u2030-\ud7ff])(?:\n+[\u0020-\u007e\u00a1-\u2027\u2030-\ud7ff]*[\u0021-\u007e\u00a1-\u2027\u2030-\ud7ff])*\n?$/;

// Text of several lines, such as PromQL, stays readable.
function printText(text: string, margin: string): string {
  if (!LITERAL.test(text)) return printString(text);
  const hasEnd = text.endsWith('\n');
  const lines = (hasEnd ? text.slice(0, -1) : text).split('\n').map((line) => (line === '' ? '' : `${margin}  ${line}`));
  return `${hasEnd ? '|' : '|-'}\n${lines.join('\n')}`;
}
