import { alert, type PackRule } from './alert.ts';
import { stateOf, stateSeries } from './kube-state.ts';
import type { Pack } from './pack.ts';

const BY = 'namespace, horizontalpodautoscaler';
const CURRENT = stateOf(BY, 'kube_horizontalpodautoscaler_status_current_replicas');
const WANTED = stateOf(BY, 'kube_horizontalpodautoscaler_status_desired_replicas');
const LEAST = stateOf(BY, 'kube_horizontalpodautoscaler_spec_min_replicas');
const MOST = stateOf(BY, 'kube_horizontalpodautoscaler_spec_max_replicas');
const NAME = '{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }}';

const rules: readonly PackRule[] = [
  alert('KubeHpaScalingInactive', {
    severity: 'warning',
    // With no replicas at all an autoscaler is off on purpose.
    expr: `${stateOf(BY, 'kube_horizontalpodautoscaler_status_condition', 'condition="ScalingActive",status="false"')} == 1 unless ${CURRENT} == 0`,
    for: '15m',
    summary: `HorizontalPodAutoscaler ${NAME} cannot get its metrics.`,
    description: 'It does not scale while that lasts. Pods without CPU requests, or a metrics API (metrics-server, prometheus-adapter) that does not answer, are the usual reasons: kubectl describe hpa says which.',
  }),
  alert('KubeHpaReplicasMismatch', {
    severity: 'warning',
    expr: `${WANTED} - ${CURRENT} != 0 and ${CURRENT} > ${LEAST} and ${CURRENT} < ${MOST} and max by (${BY}) (changes(${stateSeries('kube_horizontalpodautoscaler_status_current_replicas')}[15m])) == 0`,
    for: '15m',
    summary: `Autoscaler ${NAME} wants {{ $value | printf "%+.0f" }} replicas, and does not get them.`,
    description: 'For a quarter of an hour the number of pods has differed from what it asked for. A quota, or nodes without room, are the usual reasons.',
  }),
  alert('KubeHpaMaxedOut', {
    severity: 'info',
    expr: `${CURRENT} == ${MOST} and ${MOST} > ${LEAST}`,
    for: '15m',
    summary: `HorizontalPodAutoscaler ${NAME} is at its maximum of {{ $value }} replicas.`,
    description: 'It could not scale up if load grew. If that is what you want, nothing is wrong.',
  }),
  alert('KubePdbNotEnoughHealthyPods', {
    severity: 'warning',
    expr: `${stateOf('namespace, poddisruptionbudget', 'kube_poddisruptionbudget_status_desired_healthy')} - ${stateOf('namespace, poddisruptionbudget', 'kube_poddisruptionbudget_status_current_healthy')} > 0`,
    for: '15m',
    summary: 'PodDisruptionBudget {{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} lacks {{ $value }} healthy pods.',
    description: 'Until they are there, no node with one of its pods can be drained.',
  }),
];

/** Alerts about autoscalers and disruption budgets. */
export const kubernetesScaling: Pack = { name: 'kubernetes-scaling', needs: ['kubeState'], rules };
