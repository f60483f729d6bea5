import { LAST_WORDS_METRIC } from '../names.ts';
import { alert, type PackRule } from './alert.ts';
import { stateOf, stateSeries } from './kube-state.ts';
import type { Pack } from './pack.ts';

const CONTAINER = 'namespace, pod, container';

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

/** In a text: what a series says about the alert's container now, `text` then being about the first of it; nothing where there is none. */
const ofContainer = (series: string, text: string): string =>
  `{{ with printf "${series}{namespace=%q,pod=%q,container=%q}" $labels.namespace $labels.pod $labels.container | query }}{{ with first . }}${text}{{ end }}{{ end }}`;

const ENDED = ofContainer('kube_pod_container_status_last_terminated_exitcode', ` It ended last with code {{ .Value }}${ofContainer('kube_pod_container_status_last_terminated_reason', ' ({{ .Labels.reason }})')}.`);
/** The operator reads them from the status of the pod: see reconcile/last-words.ts. */
const LAST_WORDS = ` Its last words: {{ with printf "${LAST_WORDS_METRIC}{of=%q}" (printf "%s/%s/%s" $labels.namespace $labels.pod $labels.container) | query }}{{ with first . }}{{ .Labels.words }}{{ end }}{{ else }}kubectl logs --previous{{ end }}.`;

const AT_LIMIT = `{{ with printf "kube_pod_container_resource_limits{namespace=%q,pod=%q,container=%q,resource=\\"memory\\"}" $labels.namespace $labels.pod $labels.container | query }}at its memory limit of {{ . | first | value | humanize1024 }}B, or because the node had no memory left{{ else }}because the node had no memory left: it has no limit of its own{{ end }}`;

const WHY_NOT_READY = [
  '{{ if printf "kube_pod_status_unschedulable{namespace=%q,pod=%q} == 1" $labels.namespace $labels.pod | query }}No node takes it: kubectl describe pod says what each of them lacks',
  '{{ else if eq $labels.phase "Pending" }}It has its node; its volumes, its network or its init containers do not come',
  '{{ else }}Its readiness probe fails{{ end }}.',
].join('');

// Three alerts share the pods that do not get ready, so that each has one: those whose container crashes, those whose container
// cannot start, and those for which neither is so.
const rules: readonly PackRule[] = [
  alert('KubePodCrashLooping', {
    severity: 'warning',
    expr: `${restarts('1h')} and on (namespace, pod, container) ${CRASHING} == 1`,
    for: '15m',
    summary: 'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} crashes again and again.',
    description: `It was started again {{ $value | printf "%.0f" }} times within an hour, and the kubelet waits longer before each start.${ENDED}${LAST_WORDS}`,
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
      // A pod that no node has taken has no such condition at all.
      `unless on (namespace, pod) ${stateOf('namespace, pod', 'kube_pod_status_ready', 'condition="true"')} == 1`,
      `unless on (namespace, pod) ${stateOf('namespace, pod', 'kube_pod_owner', 'owner_kind="Job"')}`,
      `unless on (namespace, pod) (${CRASHING} == 1 or ${CANNOT_START} == 1)`,
    ].join(' '),
    for: '15m',
    summary: '{{ $labels.namespace }}/{{ $labels.pod }} is {{ $labels.phase }} and not ready.',
    description: `It has not been ready for a quarter of an hour, so no Service sends it anything. ${WHY_NOT_READY}`,
  }),
  alert('KubeContainerOOMKilled', {
    severity: 'warning',
    // By when it ended, not by an increase of its restarts: one that ends before it is first seen begins with one restart.
    expr: [
      stateOf(CONTAINER, 'kube_pod_container_status_restarts_total'),
      `and on (${CONTAINER}) time() - ${stateOf(CONTAINER, 'kube_pod_container_status_last_terminated_timestamp')} < 15 * 60`,
      `and on (${CONTAINER}) ${stateOf(CONTAINER, 'kube_pod_container_status_last_terminated_reason', 'reason="OOMKilled"')} == 1`,
    ].join(' '),
    summary: 'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed for using more memory than it may.',
    description: `It ended within the last quarter of an hour ${AT_LIMIT}. Restarts so far: {{ $value | printf "%.0f" }}.`,
  }),
];

/** Alerts about pods that do not run as they should. */
export const kubernetesPods: Pack = { name: 'kubernetes-pods', needs: ['kubeState'], rules };
