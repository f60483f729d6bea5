import { assertNever } from '../../../lib/assert-never.ts';
import type { LabelExpression } from '../../../lib/label-selector.ts';
import { oneOf } from '../one-of.ts';
import { CONTAINERS } from './places.ts';
import type { Directive } from './print.ts';

/** Lines of namespaces whose labels fail a requirement go no further. One filter: all of `<regexp>`, none of `<exclude>`. */
export function namespaceFilter(requirements: readonly LabelExpression[]): Directive[] {
  return requirements.length === 0 ? [] : [{ name: 'filter', argument: CONTAINERS, set: { '@type': 'grep' }, inside: requirements.map(condition) }];
}

/** A label that is not there counts as an empty text for the filter. */
function condition({ key, operator, values = [] }: LabelExpression): Directive {
  const label = `$['kubernetes']['namespace_labels']['${key}']`;
  const rule = (name: 'regexp' | 'exclude', pattern: string): Directive => ({ name, set: { key: label, pattern: `/${pattern}/` } });
  switch (operator) {
    case 'In':
      return rule('regexp', oneOf(values));
    case 'NotIn':
      return rule('exclude', oneOf(values));
    case 'Exists':
      return rule('regexp', '.');
    case 'DoesNotExist':
      return rule('exclude', '.');
    default:
      return assertNever(operator);
  }
}
