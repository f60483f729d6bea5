import { refKey, type ObjectRef } from '../api/kube-object.ts';
import type { Change } from './change.ts';

/** Later waves need what earlier ones hold: a pod its account and its volumes, an account its namespace. */
const WAVES: readonly (readonly string[])[] = [
  ['Namespace', 'CustomResourceDefinition', 'PriorityClass'],
  ['ServiceAccount', 'Role', 'ClusterRole'],
  // Whether we may grant a role is judged by what it holds: the API server does not find one that comes at the same moment.
  ['RoleBinding', 'ClusterRoleBinding'],
  // A NetworkPolicy that came after its pods would leave them open for a moment.
  ['Secret', 'ConfigMap', 'Service', 'PersistentVolumeClaim', 'NetworkPolicy'],
  ['StatefulSet', 'Deployment', 'DaemonSet', 'Job', 'CronJob'],
];

/** In which wave a kind is written, from 0; kinds that nobody waits for come last. */
export function waveOf(kind: string): number {
  const wave = WAVES.findIndex((kinds) => kinds.includes(kind));
  return wave === -1 ? WAVES.length : wave;
}

/** The changes in the order to make them: writes wave by wave, then deletions from the last wave to the first; by name within. */
export function inOrder(changes: readonly Change[]): Change[] {
  return changes
    .map((change) => ({ change, rank: rankOf(change), name: nameOf(change.ref) }))
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ change }) => change);
}

function rankOf(change: Change): number {
  const wave = waveOf(change.ref.kind);
  return change.kind === 'delete' ? 2 * WAVES.length + 1 - wave : wave;
}

function nameOf(ref: ObjectRef): string {
  return `${refKey(ref)} ${ref.apiVersion}`;
}
