import type { KubeObject, StringMap } from '../api/kube-object.ts';

/** The label of a namespace that says which pods it takes (Pod Security Standards); without one, all. */
const ENFORCE = 'pod-security.kubernetes.io/enforce';

interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly volumes?: readonly { readonly hostPath?: object }[];
  readonly containers?: readonly { readonly securityContext?: { readonly privileged?: boolean } }[];
}

/**
 * Why a namespace refuses the pods of a workload that looks at nodes, and the mend; undefined where it takes them. Kubernetes
 * itself says so only in Events of the workload.
 */
export function podSecurityObstacle(workload: KubeObject, namespaceLabels: StringMap): string | undefined {
  const level = namespaceLabels[ENFORCE];
  if (level === undefined || level === 'privileged' || !looksAtTheHost(workload)) return undefined;
  const { namespace = '' } = workload.metadata;
  return `namespace ${namespace} enforces pod security "${level}", which refuses pods that look at the node: kubectl label namespace ${namespace} ${ENFORCE}=privileged --overwrite, or put the stack into a namespace of its own`;
}

function looksAtTheHost(workload: KubeObject): boolean {
  const { template } = (workload['spec'] ?? {}) as { readonly template?: { readonly spec?: PodSpec } };
  const { hostNetwork, hostPID, volumes = [], containers = [] } = template?.spec ?? {};
  return hostNetwork === true || hostPID === true || volumes.some(({ hostPath }) => hostPath !== undefined) || containers.some(({ securityContext }) => securityContext?.privileged === true);
}
