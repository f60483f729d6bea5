import { assertNever } from '../../../lib/assert-never.ts';
import type { LabelExpression } from '../../../lib/label-selector.ts';
import { oneOf } from '../one-of.ts';
import { CONTAINERS } from './places.ts';

/** Any value, also an empty one; a label that is not there matches nothing. */
const ANY = '^.*$';

/** A filter for each requirement on the labels of a namespace: lines of namespaces that fail it go no further. */
export function namespaceFilters(requirements: readonly LabelExpression[]): object[] {
  return requirements.map((requirement) => ({ name: 'grep', match: CONTAINERS, ...condition(requirement) }));
}

function condition({ key, operator, values = [] }: LabelExpression): object {
  // The filter kubernetes puts the namespace beside the pod (namespace_labels).
  const label = `$kubernetes_namespace['labels']['${key}']`;
  switch (operator) {
    case 'In':
      return { regex: `${label} ${oneOf(values)}` };
    case 'NotIn':
      return { exclude: `${label} ${oneOf(values)}` };
    case 'Exists':
      return { regex: `${label} ${ANY}` };
    case 'DoesNotExist':
      return { exclude: `${label} ${ANY}` };
    default:
      return assertNever(operator);
  }
}
