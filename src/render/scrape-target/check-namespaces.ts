import type { Problem } from '../../api/rejection.ts';
import type { ScrapeTarget } from '../../api/scrape-target.ts';
import { nearest } from '../../lib/nearest.ts';
import type { TargetSettings } from './target-settings.ts';

/** Whether a ScrapeTarget looks only where its stack lets it look. */
export function checkNamespaces(target: ScrapeTarget, settings: TargetSettings): Problem[] {
  return [...checkOtherNamespaces(target, settings), ...checkNodes(target, settings)];
}

function checkOtherNamespaces({ metadata, spec }: ScrapeTarget, settings: TargetSettings): Problem[] {
  return (spec.namespaces ?? []).flatMap((namespace, index) => {
    const path = `spec.namespaces[${index}]`;
    if (namespace === metadata.namespace) return [];
    if (!settings.crossNamespace) return [notAllowed(path, metadata.namespace, namespace)];
    return unselected(path, namespace, settings);
  });
}

function notAllowed(path: string, own: string, wanted: string): Problem {
  const what = wanted === '*' ? 'all namespaces' : `namespace ${wanted}`;
  return {
    path,
    reason: 'NamespaceNotAllowed',
    message: `a ScrapeTarget in ${own} may not look into ${what}: leave it out, or have the stack allow it with spec.select.crossNamespace: true`,
  };
}

// A stack for some namespaces may read those and no others.
function unselected(path: string, namespace: string, { scope, namespaces }: TargetSettings): Problem[] {
  if (namespace === '*' || scope === 'Cluster' || !namespaces || namespaces.includes(namespace)) return [];
  const guess = nearest(namespace, namespaces);
  const hint = guess === undefined ? 'have the stack select it with spec.select.namespaces' : `did you mean ${guess}?`;
  return [{ path, reason: 'NamespaceNotAllowed', message: `the stack does not select namespace ${namespace}: ${hint}` }];
}

function checkNodes({ spec }: ScrapeTarget, { scope }: TargetSettings): Problem[] {
  if (scope === 'Cluster') return [];
  const paths = [...(spec.node ? ['spec.node'] : []), ...((spec.copyLabels?.node ?? []).length > 0 ? ['spec.copyLabels.node'] : [])];
  return paths.map((path) => ({
    path,
    reason: 'NamespaceNotAllowed',
    message: 'nodes belong to no namespace, and this stack sees namespaces only: leave it out, or use a stack with spec.scope: Cluster',
  }));
}
