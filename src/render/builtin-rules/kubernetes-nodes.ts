import { alert, type PackRule } from './alert.ts';
import { KUBELET } from './jobs.ts';
import { stateOf, stateSeries } from './kube-state.ts';
import type { Pack } from './pack.ts';

const READY = 'condition="Ready",status="true"';
const UNREACHABLE = stateOf('node', 'kube_node_spec_taint', 'key="node.kubernetes.io/unreachable",effect="NoSchedule"');
// A node that is being worked on, or is about to go on purpose, needs nobody.
const AT_WORK = stateOf('node', 'kube_node_spec_unschedulable');
const LEAVING = stateOf('node', 'kube_node_spec_taint', 'key=~"ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler|karpenter.sh/disrupted|aws-node-termination-handler/.*|cloud.google.com/impending-node-termination"');

const rules: readonly PackRule[] = [
  alert('KubeNodeNotReady', {
    severity: 'warning',
    expr: `${stateOf('node', 'kube_node_status_condition', READY)} == 0 unless on (node) (${AT_WORK} == 1 or ${UNREACHABLE} or ${LEAVING})`,
    for: '15m',
    summary: 'Node {{ $labels.node }} is not ready.',
    description: 'Its kubelet says so itself: the container runtime or the network of pods does not work. kubectl describe node shows which.',
  }),
  alert('KubeNodeUnreachable', {
    severity: 'warning',
    expr: `${UNREACHABLE} == 1 unless on (node) (${AT_WORK} == 1 or ${LEAVING})`,
    for: '15m',
    summary: 'Nothing has been heard of node {{ $labels.node }} for a quarter of an hour.',
    description: 'Its kubelet does not report, so its pods are moved elsewhere. The machine is off, cut off, or its kubelet does not run.',
  }),
  alert('KubeNodePressure', {
    severity: 'warning',
    expr: `${stateOf('node, condition', 'kube_node_status_condition', 'condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"')} == 1`,
    for: '10m',
    summary: 'Node {{ $labels.node }} has {{ $labels.condition }}.',
    description: 'Its kubelet evicts pods and takes no new ones until there is room again.',
  }),
  alert('KubeNodeReadinessFlapping', {
    severity: 'warning',
    threshold: 2,
    unit: 'times',
    expr: (times) => `sum by (node) (changes(${stateSeries('kube_node_status_condition', READY)}[15m])) > ${times} unless on (node) ${AT_WORK} == 1`,
    for: '15m',
    summary: 'Node {{ $labels.node }} became ready or not ready {{ $value }} times within a quarter of an hour.',
    description: 'Each time its pods leave their Services. Look at its network, its memory and the log of its kubelet.',
  }),
  alert('KubeletTooManyPods', {
    severity: 'info',
    threshold: 0.95,
    unit: 'share',
    expr: (share) => [
      `count by (node) (${stateOf('namespace, pod, node', 'kube_pod_info')} and on (namespace, pod) ${stateOf('namespace, pod', 'kube_pod_status_phase', 'phase="Running"')} == 1)`,
      `/ on (node) ${stateOf('node', 'kube_node_status_allocatable', 'resource="pods"')} > ${share}`,
    ].join(' '),
    for: '15m',
    summary: 'Node {{ $labels.node }} has {{ $value | humanizePercentage }} of the pods that it may have.',
    description: 'Soon it takes none, however much CPU and memory it has. Add nodes, or raise maxPods of its kubelet.',
  }),
];

/** Alerts about nodes as objects. */
export const kubernetesNodes: Pack = { name: 'kubernetes-nodes', needs: ['kubeState'], rules };

const quantile = (metric: string): string => `histogram_quantile(0.99, sum by (instance, node, le) (rate(${metric}_bucket{${KUBELET}}[5m])))`;

const DAY = 24 * 3600;

function certificateExpires(whose: 'Client' | 'Server'): PackRule[] {
  const metric = `kubelet_certificate_manager_${whose.toLowerCase()}_ttl_seconds{${KUBELET}}`;
  const forWhat = whose === 'Client' ? 'The kubelet signs in to the API server with it: without, the node is lost' : 'Others reach the kubelet by it: without, logs, exec and metrics of its pods are gone';
  return (['warning', 'critical'] as const).map((severity) =>
    alert(`Kubelet${whose}CertificateExpiration`, {
      severity,
      threshold: severity === 'warning' ? 7 * DAY : DAY,
      unit: 'seconds',
      expr: (seconds) => `${metric} < ${seconds}`,
      summary: `The ${whose.toLowerCase()} certificate of the kubelet on {{ $labels.node }} expires in {{ $value | humanizeDuration }}.`,
      description: `${forWhat}. It should have been renewed long ago.`,
    }),
  );
}

const kubeletRules: readonly PackRule[] = [
  alert('KubeletDown', {
    ofAll: 'Spread',
    severity: 'critical',
    expr: `absent(up{${KUBELET}} == 1)`,
    for: '15m',
    summary: 'No kubelet answers.',
    description: 'Not one kubelet of the cluster could be scraped for a quarter of an hour, so nothing is known of what containers use. One at a time is TargetDown.',
  }),
  ...certificateExpires('Client'),
  ...certificateExpires('Server'),
  alert('KubeletClientCertificateRenewalErrors', {
    severity: 'warning',
    expr: `increase(kubelet_certificate_manager_client_expiration_renew_errors{${KUBELET}}[15m]) > 0`,
    for: '15m',
    summary: 'The kubelet on {{ $labels.node }} cannot renew its client certificate.',
    description: '{{ $value | printf "%.0f" }} attempts failed within a quarter of an hour. Once the one that it has expires, the node is lost.',
  }),
  alert('KubeletServerCertificateRenewalErrors', {
    severity: 'warning',
    expr: `increase(kubelet_server_expiration_renew_errors{${KUBELET}}[15m]) > 0`,
    for: '15m',
    summary: 'The kubelet on {{ $labels.node }} cannot renew its server certificate.',
    description: '{{ $value | printf "%.0f" }} attempts failed within a quarter of an hour. Requests for server certificates usually wait for somebody to approve them: kubectl get csr.',
  }),
  alert('KubeNodeEviction', {
    severity: 'info',
    expr: `sum by (node, eviction_signal) (increase(kubelet_evictions{${KUBELET}}[15m])) > 0`,
    summary: 'Node {{ $labels.node }} evicted {{ $value | printf "%.0f" }} pods because of {{ $labels.eviction_signal }}.',
    description: 'The kubelet ended them within a quarter of an hour to keep the node alive.',
  }),
  alert('KubeletPlegDurationHigh', {
    severity: 'warning',
    threshold: 10,
    unit: 'seconds',
    expr: (seconds) => `${quantile('kubelet_pleg_relist_duration_seconds')} >= ${seconds}`,
    for: '5m',
    summary: 'The kubelet on {{ $labels.node }} needs {{ $value | humanizeDuration }} to look at its containers.',
    description: 'The container runtime is slow, or the node overloaded. From three minutes on the node counts as not ready.',
  }),
  alert('KubeletPodStartUpLatencyHigh', {
    severity: 'warning',
    threshold: 60,
    unit: 'seconds',
    expr: (seconds) => `${quantile('kubelet_pod_worker_duration_seconds')} > ${seconds}`,
    for: '15m',
    summary: 'The kubelet on {{ $labels.node }} needs {{ $value | humanizeDuration }} to bring pods where they should be.',
    description: 'One in a hundred takes longer than that. Slow image pulls, slow volumes and an overloaded disk are the usual reasons.',
  }),
];

/** Alerts about kubelets. */
export const kubelet: Pack = { name: 'kubelet', needs: ['kubelet'], rules: kubeletRules };
