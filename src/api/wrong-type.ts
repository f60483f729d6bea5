const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  'integer or string': 'a whole number or text',
};

/** A sentence on a value of another type than the schema's `wanted`, with the mend where there is an obvious one. */
export function wrongType(wanted: string, value: unknown): string {
  if (value === null || value === undefined) return nothingThere(wanted);
  const name = NAMES[wanted] ?? wanted;
  const mend = mendOf(wanted, value);
  return `${shown(value)} is ${kindOf(value)}, but ${name} belongs here${mend ? `: write ${mend}` : ''}`;
}

function nothingThere(wanted: string): string {
  if (wanted === 'object') return 'nothing there (null): write {} for all defaults, or leave it out';
  return 'nothing there (null): give it a value or leave it out';
}

function mendOf(wanted: string, value: unknown): string | undefined {
  return MENDS[wanted]?.(value);
}

const MENDS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  array: (value) => (typeof value === 'object' ? undefined : `[${JSON.stringify(value)}]`),
  string: (value) => (typeof value === 'number' || typeof value === 'boolean' ? `"${value}"` : undefined),
  integer: (value) => unquoted(value, /^-?[0-9]+$/),
  boolean: (value) => unquoted(value, /^(true|false)$/i),
};

function unquoted(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? `${value.toLowerCase()} without quotes` : undefined;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return KINDS[typeof value] ?? typeof value;
}

const KINDS: Readonly<Record<string, string>> = { object: 'a map', string: 'text', number: 'a number', boolean: 'a truth value' };

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
