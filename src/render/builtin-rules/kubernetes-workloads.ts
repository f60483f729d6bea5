import { alert, type PackRule } from './alert.ts';
import { stateOf, stateSeries } from './kube-state.ts';
import type { Pack } from './pack.ts';

interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly wanted: string;
  readonly there: string;
  readonly updated: string;
}

const DEPLOYMENT: Workload = { kind: 'Deployment', wanted: 'kube_deployment_spec_replicas', there: 'kube_deployment_status_replicas_available', updated: 'kube_deployment_status_replicas_updated' };
const STATEFUL_SET: Workload = { kind: 'StatefulSet', wanted: 'kube_statefulset_replicas', there: 'kube_statefulset_status_replicas_ready', updated: 'kube_statefulset_status_replicas_updated' };
const DAEMON_SET: Workload = {
  kind: 'DaemonSet', wanted: 'kube_daemonset_status_desired_number_scheduled', there: 'kube_daemonset_status_number_available', updated: 'kube_daemonset_status_updated_number_scheduled',
};

const byKind = ({ kind }: Pick<Workload, 'kind'>): string => `namespace, ${kind.toLowerCase()}`;
const nameOf = ({ kind }: Pick<Workload, 'kind'>): string => `{{ $labels.namespace }}/{{ $labels.${kind.toLowerCase()} }}`;

/** Those for which something is missing while no rollout gets on. */
function missing(workload: Workload, of: string): string {
  const by = byKind(workload);
  return `${stateOf(by, workload.wanted)} - ${stateOf(by, of)} > 0 and max by (${by}) (changes(${stateSeries(workload.updated)}[10m])) == 0`;
}

function replicasMismatch(workload: Workload): PackRule {
  return alert(`Kube${workload.kind}ReplicasMismatch`, {
    severity: 'warning',
    expr: missing(workload, workload.there),
    for: '15m',
    summary: `${workload.kind} ${nameOf(workload)} lacks {{ $value }} replicas.`,
    description: 'For a quarter of an hour fewer pods than asked for have been ready, and no rollout gets on. The events of its pods say why.',
  });
}

function generationMismatch({ kind }: Workload): PackRule {
  const metric = `kube_${kind.toLowerCase()}`;
  const by = byKind({ kind });
  return alert(`Kube${kind}GenerationMismatch`, {
    severity: 'warning',
    expr: `${stateOf(by, `${metric}_metadata_generation`)} - ${stateOf(by, `${metric}_status_observed_generation`)} > 0`,
    for: '15m',
    summary: `Nobody acts on a change of ${kind} ${nameOf({ kind })}.`,
    description: 'It was changed a quarter of an hour ago, and the controller manager has not looked at it since. See whether the controller manager runs.',
  });
}

// An update is under way while two revisions are in use.
const TWO_REVISIONS = `count by (namespace, statefulset) (${stateOf('namespace, statefulset, revision', 'kube_statefulset_status_current_revision')} or ${stateOf('namespace, statefulset, revision', 'kube_statefulset_status_update_revision')}) > 1`;

const rules: readonly PackRule[] = [
  replicasMismatch(DEPLOYMENT),
  generationMismatch(DEPLOYMENT),
  alert('KubeDeploymentRolloutStuck', {
    severity: 'warning',
    expr: `${stateOf('namespace, deployment', 'kube_deployment_status_condition', 'condition="Progressing",status="false"')} == 1`,
    for: '15m',
    summary: 'The rollout of Deployment {{ $labels.namespace }}/{{ $labels.deployment }} is stuck.',
    description: 'It did not get on within its progressDeadlineSeconds. The old pods serve on. kubectl rollout status and the events of the new pods say why.',
  }),
  replicasMismatch(STATEFUL_SET),
  generationMismatch(STATEFUL_SET),
  alert('KubeStatefulSetUpdateNotRolledOut', {
    severity: 'warning',
    expr: `${missing(STATEFUL_SET, STATEFUL_SET.updated)} and ${TWO_REVISIONS}`,
    for: '15m',
    summary: '{{ $value }} pods of StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} still run the revision before.',
    description: 'For a quarter of an hour its update has not got on. A StatefulSet waits for each pod to be ready before it goes to the next: look at the one it waits for.',
  }),
  alert('KubeDaemonSetRolloutStuck', {
    severity: 'warning',
    expr: missing(DAEMON_SET, DAEMON_SET.there),
    for: '15m',
    summary: 'DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} is not available on {{ $value }} nodes.',
    description: 'For a quarter of an hour its pods have not been ready there, and no rollout gets on.',
  }),
  alert('KubeDaemonSetNotScheduled', {
    severity: 'warning',
    expr: `${stateOf('namespace, daemonset', 'kube_daemonset_status_desired_number_scheduled')} - ${stateOf('namespace, daemonset', 'kube_daemonset_status_current_number_scheduled')} > 0`,
    for: '10m',
    summary: 'DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} has no pod on {{ $value }} nodes.',
    description: 'It should have one on each of them. A quota, or admission that refuses its pods, are the usual reasons: see the events of the DaemonSet.',
  }),
  alert('KubeDaemonSetMisScheduled', {
    severity: 'warning',
    expr: `${stateOf('namespace, daemonset', 'kube_daemonset_status_number_misscheduled')} > 0`,
    for: '15m',
    summary: 'DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} runs on {{ $value }} nodes where it should not.',
    description: 'Labels or taints of these nodes changed after its pods had come there.',
  }),
];

/** Alerts about Deployments, StatefulSets and DaemonSets. */
export const kubernetesWorkloads: Pack = { name: 'kubernetes-workloads', needs: ['kubeState'], rules };
