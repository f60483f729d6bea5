import type { LogSettings } from '../../api/log-settings.ts';
import { requirements, type LabelExpression } from '../../lib/label-selector.ts';
import type { StackName } from '../names.ts';

/** Kubernetes puts a namespace's name on it as this label. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Whose lines are collected, in the two ways that a collector can tell: by the names of namespaces, which are in the paths
 * of the files, so that others are not even opened; and by labels, which it has to ask the API server for.
 */
export interface NamespaceSelection {
  /** Only these; all where absent. */
  readonly only?: readonly string[];
  /** All but these. */
  readonly except: readonly string[];
  /** What the namespace's labels must fulfil beside that. */
  readonly labels: readonly LabelExpression[];
}

/** The selection of a stack: a requirement on the name of the namespace goes by name, all others by label. */
export function namespaceSelection({ namespaces }: LogSettings, stack: StackName): NamespaceSelection {
  if (namespaces === 'Own') return { only: [stack.namespace], except: [], labels: [] };
  const all = requirements(namespaces);
  const named = all.filter(isByName);
  const wanted = named.filter(({ operator }) => operator === 'In').map(({ values = [] }) => values);
  const except = named.filter(({ operator }) => operator === 'NotIn').flatMap(({ values = [] }) => values);
  const [first] = wanted;
  return {
    ...(first ? { only: [...new Set(first.filter((name) => wanted.every((names) => names.includes(name))))].sort() } : {}),
    except: [...new Set(except)].sort(),
    labels: all.filter((requirement) => !isByName(requirement)),
  };
}

function isByName({ key, operator }: LabelExpression): boolean {
  return key === NAME_LABEL && (operator === 'In' || operator === 'NotIn');
}
