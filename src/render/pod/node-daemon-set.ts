import type { KubeObject } from '../../api/kube-object.ts';
import { ownedMetadata, selectorLabels } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';
import { podTemplate, type PodParts } from './pod-template.ts';

/** What the pods on the nodes are made of. Their service account is called as they are. */
interface NodePodParts extends Omit<PodParts, 'serviceAccountName' | 'spread'> {
  readonly name: string;
  /** Says to whoever reads the pod why it is not "restricted". */
  readonly whyPrivileges: string;
}

/** A DaemonSet that has a pod on every Linux node, control plane too. */
export function nodeDaemonSet(context: StackContext, { name, whyPrivileges, ...parts }: NodePodParts): KubeObject {
  const { stack } = context;
  const { component } = parts;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: ownedMetadata(stack, { component, name }),
    spec: {
      selector: { matchLabels: selectorLabels(stack.metadata, component) },
      // No surge: two at once on a node would fight over its ports and files. A tenth of the nodes at a time keeps a rollout short.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
      template: podTemplate(context, {
        ...parts,
        annotations: { ...parts.annotations, 'belfry.dev/why-privileges': whyPrivileges },
        serviceAccountName: name,
        spread: 'anywhere',
        spec: {
          ...parts.spec,
          // Every node, whatever its taints: a node that is in trouble is the one to look at. No priority class: clusters
          // may limit the system classes to kube-system by quota, and the pod would not be made at all.
          tolerations: [{ operator: 'Exists' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
        },
      }),
    },
  };
}
