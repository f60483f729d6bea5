import type { StringMap } from '../api/kube-object.ts';

type Requirement = (labels: StringMap) => boolean;

/** Splits at commas outside of parentheses. */
function splitRequirements(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseRequirement(text: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => {
      const value = labels[key];
      return operator === 'in' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value);
    };
  }
  const pair = /^([^!=\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (pair) {
    const [, key = '', operator, wanted = ''] = pair;
    return (labels) => (labels[key] === wanted) === (operator !== '!=');
  }
  if (text.startsWith('!')) return (labels) => !(text.slice(1).trim() in labels);
  return (labels) => text in labels;
}

/** Whether labels match a label selector as the API server's query parameter has it (`a=b,c in (d,e),!f`). */
export function matchesLabelSelector(selector: string | undefined, labels: StringMap = {}): boolean {
  return splitRequirements(selector ?? '').every((text) => parseRequirement(text)(labels));
}

function valueAt(object: unknown, path: string): string {
  let value = object;
  for (const part of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return value === undefined || value === null ? '' : String(value);
}

/** Whether an object matches a field selector (`metadata.name=x,status.phase!=Failed`). */
export function matchesFieldSelector(selector: string | undefined, object: object): boolean {
  return splitRequirements(selector ?? '').every((text) => {
    const [, path = '', operator, wanted = ''] = /^([^!=]+)(==|=|!=)(.*)$/.exec(text) ?? [];
    return (valueAt(object, path) === wanted) === (operator !== '!=');
  });
}
