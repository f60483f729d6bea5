import { alert, type PackRule } from './alert.ts';
import { stateOf, stateSeries } from './kube-state.ts';
import type { Pack } from './pack.ts';

/** Containers that wait, and in ten minutes waited, for a reason; init containers are containers too. */
function waiting(reasons: string): string {
  const of = (metric: string): string => `max by (namespace, pod, container, reason) (max_over_time(${stateSeries(metric, reasons)}[10m]))`;
  return `(${of('kube_pod_container_status_waiting_reason')} or ${of('kube_pod_init_container_status_waiting_reason')})`;
}

function restarts(range: string): string {
  const of = (metric: string): string => `max by (namespace, pod, container) (increase(${stateSeries(metric)}[${range}]))`;
  return `(${of('kube_pod_container_status_restarts_total')} or ${of('kube_pod_init_container_status_restarts_total')})`;
}

const CRASHING = waiting('reason="CrashLoopBackOff"');
// A pull that fails ends in ImagePullBackOff; the rest are steps on the way, and a pod that stays there is KubePodNotReady.
const CANNOT_START = waiting('reason!~"CrashLoopBackOff|ErrImagePull|ContainerCreating|PodInitializing"');

// Three alerts share the pods that do not get ready, so that each has one: those whose container crashes, those whose container
// cannot start, and those for which neither is so.
const rules: readonly PackRule[] = [
  alert('KubePodCrashLooping', {
    severity: 'warning',
    expr: `${restarts('1h')} and on (namespace, pod, container) ${CRASHING} == 1`,
    for: '15m',
    summary: 'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} crashes again and again.',
    description: 'It was started again {{ $value | printf "%.0f" }} times within an hour, and the kubelet waits longer before each start. Its last words: kubectl logs --previous.',
  }),
  alert('KubeContainerWaiting', {
    severity: 'warning',
    expr: `${CANNOT_START} == 1`,
    for: '15m',
    summary: 'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} cannot start: {{ $labels.reason }}.',
    description: 'For a quarter of an hour the kubelet has failed to start it. kubectl describe pod shows what it says: an image, a Secret or a ConfigMap that is not there are the usual reasons.',
  }),
  alert('KubePodNotReady', {
    severity: 'warning',
    expr: [
      `${stateOf('namespace, pod, phase', 'kube_pod_status_phase', 'phase=~"Pending|Running|Unknown"')} == 1`,
      `and on (namespace, pod) ${stateOf('namespace, pod', 'kube_pod_status_ready', 'condition="true"')} == 0`,
      `unless on (namespace, pod) ${stateOf('namespace, pod', 'kube_pod_owner', 'owner_kind="Job"')}`,
      `unless on (namespace, pod) (${CRASHING} == 1 or ${CANNOT_START} == 1)`,
    ].join(' '),
    for: '15m',
    summary: '{{ $labels.namespace }}/{{ $labels.pod }} is {{ $labels.phase }} and not ready.',
    description: 'It has not been ready for a quarter of an hour, so no Service sends it anything. Pending: no node takes it, or its volumes do not come. Running: its readiness probe fails.',
  }),
  alert('KubeContainerOOMKilled', {
    severity: 'warning',
    expr: `${restarts('15m')} > 0 and on (namespace, pod, container) ${stateOf('namespace, pod, container', 'kube_pod_container_status_last_terminated_reason', 'reason="OOMKilled"')} == 1`,
    summary: 'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed for using more memory than it may.',
    description: 'It was started again {{ $value | printf "%.0f" }} times within a quarter of an hour, and ended last at its memory limit, or because the node had no memory left.',
  }),
];

/** Alerts about pods that do not run as they should. */
export const kubernetesPods: Pack = { name: 'kubernetes-pods', needs: ['kubeState'], rules };
