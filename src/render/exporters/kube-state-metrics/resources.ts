import type { KubeStateSettings } from '../../../api/cluster-settings.ts';
import { sortBy } from '../../../lib/sort-by.ts';
import type { AccessRule } from '../../pod/cluster-access.ts';

/** Every resource that kube-state-metrics knows by itself (pkg/options/resource.go and its cluster role), and its API group. */
export const KNOWN_RESOURCES: Readonly<Record<string, string>> = {
  certificatesigningrequests: 'certificates.k8s.io',
  clusterrolebindings: 'rbac.authorization.k8s.io',
  clusterroles: 'rbac.authorization.k8s.io',
  configmaps: '',
  cronjobs: 'batch',
  daemonsets: 'apps',
  deployments: 'apps',
  endpointslices: 'discovery.k8s.io',
  horizontalpodautoscalers: 'autoscaling',
  ingressclasses: 'networking.k8s.io',
  ingresses: 'networking.k8s.io',
  jobs: 'batch',
  leases: 'coordination.k8s.io',
  limitranges: '',
  mutatingwebhookconfigurations: 'admissionregistration.k8s.io',
  namespaces: '',
  networkpolicies: 'networking.k8s.io',
  nodes: '',
  persistentvolumeclaims: '',
  persistentvolumes: '',
  poddisruptionbudgets: 'policy',
  pods: '',
  replicasets: 'apps',
  replicationcontrollers: '',
  resourcequotas: '',
  rolebindings: 'rbac.authorization.k8s.io',
  roles: 'rbac.authorization.k8s.io',
  secrets: '',
  serviceaccounts: '',
  services: '',
  statefulsets: 'apps',
  storageclasses: 'storage.k8s.io',
  validatingwebhookconfigurations: 'admissionregistration.k8s.io',
  volumeattachments: 'storage.k8s.io',
};

/**
 * What is reported unless a stack says otherwise: what workloads, capacity and storage are judged by. Secrets and ConfigMaps
 * are not among it: nothing is worth reading all of them.
 */
export const DEFAULT_RESOURCES: readonly string[] = [
  'cronjobs', 'daemonsets', 'deployments', 'horizontalpodautoscalers', 'ingresses', 'jobs', 'leases', 'limitranges', 'namespaces', 'nodes',
  'persistentvolumeclaims', 'persistentvolumes', 'poddisruptionbudgets', 'pods', 'replicasets', 'resourcequotas', 'services', 'statefulsets', 'storageclasses',
];

/** The resources that a stack's kube-state-metrics reports, sorted, each once. */
export function reportedResources({ resources = DEFAULT_RESOURCES }: Pick<KubeStateSettings, 'resources'>): string[] {
  return [...new Set(resources)].filter((resource) => Object.hasOwn(KNOWN_RESOURCES, resource)).sort();
}

/** What it may read for that, and no more: one rule for each API group. */
export function accessRules(resources: readonly string[]): AccessRule[] {
  const groups = new Map<string, string[]>();
  for (const resource of resources) {
    const group = KNOWN_RESOURCES[resource] ?? '';
    groups.set(group, [...(groups.get(group) ?? []), resource]);
  }
  return sortBy([...groups], ([group]) => group).map(([group, names]) => ({ apiGroups: [group], resources: names, verbs: ['list', 'watch'] }));
}
