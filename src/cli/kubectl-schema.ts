import { boolYaml11Tag, CORE_SCHEMA, defineScalarTag, floatCoreTag, intCoreTag, mergeTag, NOT_RESOLVED, type Schema } from 'js-yaml';

/** How an integer is written in each base, without its sign, and where its digits begin. */
const BASES: readonly { readonly base: number; readonly form: RegExp; readonly prefix: number }[] = [
  { base: 10, form: /^(0|[1-9]\d*)$/, prefix: 0 },
  { base: 2, form: /^0b[01]+$/i, prefix: 2 },
  { base: 16, form: /^0x[\da-f]+$/i, prefix: 2 },
  { base: 8, form: /^0o[0-7]+$/i, prefix: 2 },
  { base: 8, form: /^0[0-7]+$/, prefix: 1 },
];

/** An integer as Go reads it where no base is given. */
function integer(text: string): number | typeof NOT_RESOLVED {
  const digits = text.replace(/^[-+]/, '');
  const written = BASES.find(({ form }) => form.test(digits));
  if (!written) return NOT_RESOLVED;
  const value = Number.parseInt(digits.slice(written.prefix), written.base);
  return text.startsWith('-') ? -value : value;
}

/** Underscores count for nothing in what begins like a number, wherever they are. */
function plain(source: string): string {
  return /^[-+\d]/.test(source) ? source.replaceAll('_', '') : source;
}

/**
 * What kubectl takes a scalar for. It reads with go-yaml v2 (by sigs.k8s.io/yaml): YAML 1.1's truth values (yes, on), octal and
 * binary numbers and underscores, but neither sexagesimal numbers nor dates.
 */
export const KUBECTL_SCHEMA: Schema = CORE_SCHEMA.withTags(
  mergeTag,
  boolYaml11Tag,
  defineScalarTag(intCoreTag.tagName, { ...intCoreTag, resolve: (source) => integer(plain(source)) }),
  defineScalarTag(floatCoreTag.tagName, { ...floatCoreTag, resolve: (source, ...rest) => floatCoreTag.resolve(plain(source), ...rest) }),
);
