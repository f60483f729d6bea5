import type { ClusterFacts } from './stack-input.ts';

/** Everything in the facts of a cluster, as parts whose identity tells whether they are the same as last time. */
export function factParts({ kubernetesVersion, storageClasses, survey, spread, namespaces, references, grafanaPassword, userDashboards, ...rest }: ClusterFacts): readonly unknown[] {
  const none: Record<string, never> = rest; // A fact that is not listed here does not compile.
  return [kubernetesVersion, storageClasses, survey, spread?.join(), namespaces, references, grafanaPassword, userDashboards, ...Object.values(none)];
}
