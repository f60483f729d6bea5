import type { ClusterSurvey, SurveyedNode } from './cluster-survey.ts';

/** What a cluster was made with, as far as it changes what can be scraped. */
export type Platform = 'GKE' | 'EKS' | 'AKS' | 'k3s' | 'RKE2' | 'kind' | 'kubeadm' | 'unknown';

/** Platforms whose provider runs the control plane where nobody else can look. */
const MANAGED: ReadonlySet<Platform> = new Set(['GKE', 'EKS', 'AKS']);

/** Whether the control plane is the provider's. */
export function isManaged(platform: Platform): boolean {
  return MANAGED.has(platform);
}

type Sign = (node: SurveyedNode, version: string) => boolean;

/** The first sign that fits decides. Versions and labels are what the platforms document of themselves. */
const SIGNS: readonly (readonly [Platform, Sign])[] = [
  ['GKE', ({ labels }, version) => version.includes('-gke.') || 'cloud.google.com/gke-nodepool' in labels],
  ['EKS', ({ labels }, version) => version.includes('-eks-') || 'eks.amazonaws.com/nodegroup' in labels],
  ['AKS', ({ labels }) => 'kubernetes.azure.com/cluster' in labels],
  ['k3s', (_, version) => version.includes('+k3s')],
  ['RKE2', (_, version) => version.includes('+rke2')],
  ['kind', ({ providerId }) => providerId.startsWith('kind://')],
];

/** The platform that a cluster says it is; `unknown` where no sign is known. */
export function platformOf({ version, nodes, pods }: Pick<ClusterSurvey, 'version' | 'nodes' | 'pods'>): Platform {
  const none: SurveyedNode = { providerId: '', kubeletVersion: '', labels: {} };
  const seen = nodes.length > 0 ? nodes : [none];
  const found = SIGNS.find(([, sign]) => seen.some((node) => sign(node, version) || sign(node, node.kubeletVersion)));
  if (found) return found[0];
  // kubeadm leaves no mark on nodes, but its static pods read the certificates that it makes.
  const commands = [pods.controllerManager, pods.scheduler, pods.etcd].flatMap((list) => list ?? []).flatMap(({ command }) => command);
  return commands.some((argument) => argument.includes('/etc/kubernetes/')) ? 'kubeadm' : 'unknown';
}
