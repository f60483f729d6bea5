import type { Problem } from '../../api/rejection.ts';
import type { ScrapeTarget } from '../../api/scrape-target.ts';
import type { TargetSettings } from './target-settings.ts';

/** Whether a ScrapeTarget looks only where its stack lets it look. */
export function checkNamespaces(target: ScrapeTarget, settings: TargetSettings): Problem[] {
  return [...checkOtherNamespaces(target, settings), ...checkNodes(target, settings)];
}

function checkOtherNamespaces({ metadata, spec }: ScrapeTarget, settings: TargetSettings): Problem[] {
  return (spec.namespaces ?? []).flatMap((namespace, index) => {
    const path = `spec.namespaces[${index}]`;
    if (namespace === metadata.namespace) return [];
    return settings.crossNamespace ? [] : [notAllowed(path, metadata.namespace, namespace)];
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

function checkNodes({ spec }: ScrapeTarget, { scope }: TargetSettings): Problem[] {
  if (scope === 'Cluster') return [];
  const paths = [...(spec.node ? ['spec.node'] : []), ...((spec.copyLabels?.node ?? []).length > 0 ? ['spec.copyLabels.node'] : [])];
  return paths.map((path) => ({
    path,
    reason: 'NamespaceNotAllowed',
    message: 'nodes belong to no namespace, and this stack sees namespaces only: leave it out, or use a stack with spec.scope: Cluster',
  }));
}
