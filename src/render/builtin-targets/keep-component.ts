import { drop, keep, literal, metaName, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import { selectorLabels } from '../labels.ts';
import type { StackName } from '../names.ts';

/** Keeps one port of the running pods of a component of this stack, out of all pods of its namespace. */
export function keepComponent(stack: StackName, component: string, port: number): RelabelRule[] {
  const labels = Object.entries(selectorLabels(stack, component)).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = labels.map(([key]) => `__meta_kubernetes_pod_label_${metaName(key)}`);
  const values = labels.map(([, value]) => literal(value));
  const keepPort = keep([...names, '__meta_kubernetes_pod_container_port_number'], [...values, port].join(';'));
  return [keepPort, drop(['__meta_kubernetes_pod_phase'], 'Failed|Succeeded')];
}
