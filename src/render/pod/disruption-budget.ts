import type { KubeObject, StringMap } from '../../api/kube-object.ts';
import { ownedMetadata, selectorLabels, sorted } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';

interface Budgeted {
  readonly component: string;
  readonly name: string;
  readonly replicas: number;
  readonly labels?: StringMap;
}

/** Lets a node be drained of one replica at a time; nothing for a single replica, where it would only block the drain. */
export function disruptionBudget({ stack }: StackContext, { component, name, replicas, labels = {} }: Budgeted): KubeObject[] {
  if (replicas < 2) return [];
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: ownedMetadata(stack, { component, name, labels }),
      spec: { maxUnavailable: 1, selector: { matchLabels: sorted({ ...selectorLabels(stack.metadata, component), ...labels }) } },
    },
  ];
}
