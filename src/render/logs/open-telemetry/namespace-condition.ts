import { assertNever } from '../../../lib/assert-never.ts';
import type { LabelExpression } from '../../../lib/label-selector.ts';
import type { NamespaceSelection } from '../namespace-selection.ts';

/** The attribute that holds a label of a line's namespace (semantic conventions, k8s.namespace.label). */
export function namespaceLabel(key: string): string {
  return `k8s.namespace.label.${key}`;
}

const NAME = 'resource.attributes["k8s.namespace.name"]';

/**
 * Conditions in OTTL, each of which says that a line's namespace is not selected. Names are checked as well where labels are,
 * and for files in volumes, whose path does not tell the namespace. Lines of an unknown pod fit no selection.
 */
export function unselected({ only, except, labels }: NamespaceSelection): string[] {
  return [
    ...(only ? [none(NAME, only)] : []),
    ...(except.length > 0 ? [any(NAME, except)] : []),
    ...labels.map(fails),
  ];
}

function fails({ key, operator, values = [] }: LabelExpression): string {
  const label = `resource.attributes[${JSON.stringify(namespaceLabel(key))}]`;
  switch (operator) {
    case 'In':
      return none(label, values);
    case 'NotIn':
      return any(label, values);
    case 'Exists':
      return `${label} == nil`;
    case 'DoesNotExist':
      return `${label} != nil`;
    default:
      return assertNever(operator);
  }
}

const any = (what: string, values: readonly string[]): string => (values.length === 0 ? 'false' : values.map((value) => `${what} == ${JSON.stringify(value)}`).join(' or '));
const none = (what: string, values: readonly string[]): string => (values.length === 0 ? 'true' : values.map((value) => `${what} != ${JSON.stringify(value)}`).join(' and '));
