/**
 * A rule on a part of a schema, said twice: in CEL for the API server (`x-kubernetes-validations`), and as a predicate for
 * everything that checks files. e2e runs both on the same resources. The message says what to write instead.
 */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  /** Whether `self` keeps the rule. Called only with values that fit the rest of the schema. */
  readonly holds: (self: Readonly<Record<string, unknown>>) => boolean;
}

/** Exactly one of the properties is set. */
export function exactlyOneOf(names: readonly string[], message = `set exactly one of ${spoken(names)}`): CelRule {
  return {
    rule: names.length === 2 ? names.map(has).join(' != ') : `${countOf(names)} == 1`,
    message,
    holds: (self) => setAmong(self, names) === 1,
  };
}

const has = (name: string): string => `has(self.${name})`;

function countOf(names: readonly string[]): string {
  return `[${names.map(has).join(', ')}].filter(x, x).size()`;
}

function setAmong(self: Readonly<Record<string, unknown>>, names: readonly string[]): number {
  return names.filter((name) => self[name] !== undefined).length;
}

function spoken(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
