import type { KubeObject } from '../../api/kube-object.ts';
import { ownedMetadata, selectorLabels } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';
import { podTemplate, type PodParts } from './pod-template.ts';

/** What a Deployment and its pods are made of. Their service account is called as it is. */
interface DeploymentParts extends Omit<PodParts, 'serviceAccountName' | 'spread'> {
  readonly name: string;
  readonly replicas: number;
  /** How a rollout goes; as Kubernetes does it by default where it is absent. */
  readonly strategy?: object;
}

/** A new pod has to be ready before an old one goes: for what nobody can do without for even a moment. */
export const NEVER_FEWER = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };

/** A Deployment of pods that keep nothing: each replica does the same, on a node of its own if there are enough. */
export function deployment(context: StackContext, { name, replicas, strategy, ...parts }: DeploymentParts): KubeObject {
  const { stack } = context;
  const { component } = parts;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: ownedMetadata(stack, { component, name }),
    spec: {
      replicas,
      selector: { matchLabels: selectorLabels(stack.metadata, component) },
      ...(strategy ? { strategy } : {}),
      template: podTemplate(context, { ...parts, serviceAccountName: name, spread: replicas > 1 ? 'over-nodes' : 'anywhere' }),
    },
  };
}
