/** A selector as everywhere in Kubernetes (meta/v1 LabelSelector); one without requirements selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelExpression[];
}

/** One requirement of `matchExpressions`. */
export interface LabelExpression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

/** Selectors are immutable: one that is asked about thousands of label sets is taken apart once. */
const takenApart = new WeakMap<LabelSelector, readonly LabelExpression[]>();

/** Whether these labels fit the selector. As in Kubernetes, an absent label satisfies NotIn. */
export function matches(selector: LabelSelector, labels: Labels): boolean {
  let parts = takenApart.get(selector);
  if (!parts) {
    parts = requirements(selector);
    takenApart.set(selector, parts);
  }
  for (const part of parts) if (!satisfies(part, labels)) return false;
  return true;
}

/** The requirements that these labels fail, each printed as `print` does; empty where the selector fits. */
export function unmet(selector: LabelSelector, labels: Labels): string[] {
  return requirements(selector)
    .filter((requirement) => !satisfies(requirement, labels))
    .map(printRequirement);
}

/**
 * The selector in kubectl's notation, which the API server's `labelSelector` takes too:
 * `app=checkout,tier in (a,b),!legacy`. An empty one prints as the empty text, which selects everything there.
 */
export function print(selector: LabelSelector): string {
  return requirements(selector).map(printRequirement).join(',');
}

/** matchLabels (sorted by key) as expressions, followed by matchExpressions. */
export function requirements({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelExpression[] {
  return [
    ...Object.keys(matchLabels)
      .sort()
      .map((key) => ({ key, operator: 'In', values: [matchLabels[key] ?? ''] }) as const),
    ...matchExpressions,
  ];
}

function satisfies({ key, operator, values = [] }: LabelExpression, labels: Labels): boolean {
  // A label may be called "constructor": only own properties are labels.
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function printRequirement({ key, operator, values = [] }: LabelExpression): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
