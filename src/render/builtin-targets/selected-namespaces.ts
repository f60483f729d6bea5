import type { StackSettings } from '../../api/defaults.ts';
import type { StackName } from '../names.ts';
import type { Reach } from '../scrape-target/reach.ts';
import type { ClusterFacts } from '../stack-input.ts';

/** The namespaces that a stack selects, sorted, or all there are; it may be none. */
export function selectedNamespaces(stack: StackName, settings: StackSettings, facts: Pick<ClusterFacts, 'namespaces'>): Reach {
  const { namespaces } = settings.select;
  if (namespaces === 'Own') return [stack.namespace];
  const isEverything = Object.keys(namespaces.matchLabels ?? {}).length === 0 && (namespaces.matchExpressions ?? []).length === 0;
  return isEverything && settings.scope === 'Cluster' ? 'all' : [...facts.namespaces.keys()].sort();
}
