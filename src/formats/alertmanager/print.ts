import type { AlertmanagerConfig } from './config.ts';

/**
 * Alertmanager's config as YAML: the same config gives the same bytes. Fields stand in the order of the object, text in
 * double quotes unless it is plainly a word, so that no reader of YAML 1.1 takes it for a number, a date or a truth value.
 */
export function printAlertmanagerConfig(config: AlertmanagerConfig): string {
  return printYaml(config);
}

/** Any plain value as YAML, each line indented by `indent` spaces. Undefined properties are left out. */
export function printYaml(value: unknown, indent = 0): string {
  return `${blockLines(value).map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n')}\n`;
}

function blockLines(value: unknown): string[] {
  if (Array.isArray(value)) return value.length === 0 ? ['[]'] : value.flatMap(itemLines);
  if (typeof value !== 'object' || value === null) return [scalar(value)];
  const fields = Object.entries(value).filter(([, child]) => child !== undefined);
  return fields.length === 0 ? ['{}'] : fields.flatMap(([name, child]) => fieldLines(name, child));
}

function fieldLines(name: string, value: unknown): string[] {
  if (!isBlock(value)) return [`${text(name)}: ${inline(value)}`];
  const lines = blockLines(value);
  return [`${text(name)}:`, ...lines.map((line) => `  ${line}`)];
}

function itemLines(item: unknown): string[] {
  const [first = '', ...rest] = isBlock(item) ? blockLines(item) : [inline(item)];
  return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
}

/** Whether a value takes lines of its own: objects do, and lists that hold any. */
function isBlock(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object' && item !== null) || value.some(isLong);
  return typeof value === 'object' && value !== null && Object.values(value).some((child) => child !== undefined);
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' && value.length > 60;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  return typeof value === 'object' && value !== null ? '{}' : scalar(value);
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? text(value) : String(value);
}

const WORD = /^[A-Za-z_/][A-Za-z0-9_./-]*$/;
const NOT_TEXT = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

function text(value: string): string {
  return WORD.test(value) && !NOT_TEXT.test(value) ? value : quoted(value);
}

// JSON's escapes are YAML's; what YAML forbids bare and JSON allows is escaped besides.
function quoted(value: string): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
