import { state, type RuleCase, type World } from './rule-case.ts';

const POD = 'namespace="shop",pod="web-1"';
const IN_POD = `${POD},container="app"`;
const phase = (name: string): World => ({ [state('kube_pod_status_phase', `${POD},phase="${name}"`)]: '1x200', [state('kube_pod_status_phase', `${POD},phase="Failed"`)]: '0x200' });
const notReady: World = { [state('kube_pod_status_ready', `${POD},condition="true"`)]: '0x200', [state('kube_pod_status_ready', `${POD},condition="false"`)]: '1x200' };
const waits = (reason: string, values = '1x200', metric = 'kube_pod_container_status_waiting_reason'): World => ({ [state(metric, `${IN_POD},reason="${reason}"`)]: values });
const restarts = (values: string): World => ({ [state('kube_pod_container_status_restarts_total', IN_POD)]: values });
/** Once, eleven minutes after the beginning. */
const ended = (reason: string): World => ({
  [state('kube_pod_container_status_last_terminated_reason', `${IN_POD},reason="${reason}"`)]: '_x10 1x100',
  [state('kube_pod_container_status_last_terminated_timestamp', IN_POD)]: '_x10 660x100',
});
// Waits for five minutes, runs for one, and so on.
const BACK_OFF = Array.from({ length: 30 }, () => '1 1 1 1 1 _').join(' ');

const PODS: readonly RuleCase[] = [
  {
    alert: 'KubePodCrashLooping', at: '90m',
    series: {
      ...restarts('0+1x200'), ...waits('CrashLoopBackOff', BACK_OFF),
      [state('kube_pod_container_status_last_terminated_exitcode', IN_POD)]: '3x200', [state('kube_pod_container_status_last_terminated_reason', `${IN_POD},reason="Error"`)]: '1x200',
      'belfry_container_last_words{job="belfry",of="shop/web-1/app",words="cannot open the ledger"}': '1x200',
    },
  },
  {
    alert: 'KubePodCrashLooping', at: '90m',
    series: { [state('kube_pod_init_container_status_restarts_total', IN_POD)]: '0+1x200', ...waits('CrashLoopBackOff', '1x200', 'kube_pod_init_container_status_waiting_reason') },
  },
  { alert: 'KubePodCrashLooping', at: '90m', count: 0, says: 'restarted now and then, and runs', series: restarts('0x60 1x60 2x60') },
  { alert: 'KubeContainerWaiting', at: '30m', series: waits('ImagePullBackOff') },
  { alert: 'KubeContainerWaiting', at: '30m', series: waits('CreateContainerConfigError', '1x200', 'kube_pod_init_container_status_waiting_reason') },
  { alert: 'KubeContainerWaiting', at: '30m', count: 0, says: 'what crashes has an alert of its own', series: waits('CrashLoopBackOff') },
  { alert: 'KubeContainerWaiting', at: '30m', count: 0, says: 'volumes take their time', series: waits('ContainerCreating') },
  { alert: 'KubePodNotReady', at: '30m', series: { ...phase('Pending'), ...notReady } },
  { alert: 'KubePodNotReady', at: '30m', says: 'no node takes it, so nothing has looked whether it is ready', series: { ...phase('Pending'), [state('kube_pod_status_unschedulable', POD)]: '1x200' } },
  { alert: 'KubePodNotReady', at: '30m', series: { ...phase('Running'), ...notReady, ...waits('ContainerCreating') } },
  { alert: 'KubePodNotReady', at: '30m', count: 0, says: 'it crashes, which has an alert of its own', series: { ...phase('Running'), ...notReady, ...waits('CrashLoopBackOff') } },
  { alert: 'KubePodNotReady', at: '30m', count: 0, says: 'it cannot start, which has an alert of its own', series: { ...phase('Pending'), ...notReady, ...waits('ErrImageNeverPull') } },
  { alert: 'KubePodNotReady', at: '30m', count: 0, says: 'pods of Jobs end unready', series: { ...phase('Running'), ...notReady, [state('kube_pod_owner', `${POD},owner_kind="Job",owner_name="j"`)]: '1x200' } },
  { alert: 'KubePodNotReady', at: '30m', count: 0, says: 'it is ready', series: { ...phase('Running'), [state('kube_pod_status_ready', `${POD},condition="true"`)]: '1x200' } },
  { alert: 'KubePodNotReady', at: '30m', count: 0, says: 'it has ended', series: { ...phase('Succeeded'), ...notReady } },
  {
    alert: 'KubeContainerOOMKilled', at: '15m', says: 'it has a limit',
    series: { ...restarts('0x10 1x100'), ...ended('OOMKilled'), [state('kube_pod_container_resource_limits', `${IN_POD},resource="memory",unit="byte"`)]: '67108864x100' },
  },
  { alert: 'KubeContainerOOMKilled', at: '15m', series: { ...restarts('0x10 1x100'), ...ended('OOMKilled') } },
  { alert: 'KubeContainerOOMKilled', at: '15m', says: 'it had been killed before anything looked at it', series: { ...restarts('_x11 1x100'), ...ended('OOMKilled') } },
  { alert: 'KubeContainerOOMKilled', at: '90m', count: 0, says: 'that was long ago', series: { ...restarts('0x10 1x100'), ...ended('OOMKilled') } },
  { alert: 'KubeContainerOOMKilled', at: '15m', count: 0, says: 'it ended for another reason', series: { ...restarts('0x10 1x100'), ...ended('Error') } },
];

const D = 'namespace="shop",deployment="web"';
const S = 'namespace="shop",statefulset="db"';
const DS = 'namespace="shop",daemonset="agent"';
const deployment = (wanted: number, available: number, updated = `${wanted}x200`): World => ({
  [state('kube_deployment_spec_replicas', D)]: `${wanted}x200`, [state('kube_deployment_status_replicas_available', D)]: `${available}x200`, [state('kube_deployment_status_replicas_updated', D)]: updated,
});
const statefulSet = (wanted: number, ready: number, updated = `${wanted}x200`): World => ({
  [state('kube_statefulset_replicas', S)]: `${wanted}x200`, [state('kube_statefulset_status_replicas_ready', S)]: `${ready}x200`, [state('kube_statefulset_status_replicas_updated', S)]: updated,
});
const revisions = (current: string, next: string): World => ({
  [state('kube_statefulset_status_current_revision', `${S},revision="${current}"`)]: '1x200', [state('kube_statefulset_status_update_revision', `${S},revision="${next}"`)]: '1x200',
});
const daemonSet = ({ wanted = 3, available = 3, scheduled = 3, misplaced = 0 }): World => ({
  [state('kube_daemonset_status_desired_number_scheduled', DS)]: `${wanted}x200`, [state('kube_daemonset_status_number_available', DS)]: `${available}x200`,
  [state('kube_daemonset_status_updated_number_scheduled', DS)]: '3x200', [state('kube_daemonset_status_current_number_scheduled', DS)]: `${scheduled}x200`,
  [state('kube_daemonset_status_number_misscheduled', DS)]: `${misplaced}x200`,
});
const generations = (metric: string, by: string): World => ({ [state(`${metric}_metadata_generation`, by)]: '4x200', [state(`${metric}_status_observed_generation`, by)]: '3x200' });

const WORKLOADS: readonly RuleCase[] = [
  { alert: 'KubeDeploymentReplicasMismatch', at: '40m', series: deployment(3, 1) },
  { alert: 'KubeDeploymentReplicasMismatch', at: '40m', count: 0, says: 'a rollout gets on', series: deployment(30, 25, '0+1x200') },
  { alert: 'KubeDeploymentReplicasMismatch', at: '40m', count: 0, says: 'a rollout has one more than asked for', series: deployment(3, 4) },
  { alert: 'KubeDeploymentGenerationMismatch', at: '30m', series: generations('kube_deployment', D) },
  { alert: 'KubeDeploymentRolloutStuck', at: '30m', series: { [state('kube_deployment_status_condition', `${D},condition="Progressing",status="false"`)]: '1x200' } },
  { alert: 'KubeDeploymentRolloutStuck', at: '30m', count: 0, says: 'it gets on', series: { [state('kube_deployment_status_condition', `${D},condition="Progressing",status="true"`)]: '1x200', [state('kube_deployment_status_condition', `${D},condition="Progressing",status="false"`)]: '0x200' } },
  { alert: 'KubeStatefulSetReplicasMismatch', at: '40m', series: statefulSet(3, 2) },
  { alert: 'KubeStatefulSetReplicasMismatch', at: '40m', count: 0, says: 'all are ready', series: statefulSet(3, 3) },
  { alert: 'KubeStatefulSetGenerationMismatch', at: '30m', series: generations('kube_statefulset', S) },
  { alert: 'KubeStatefulSetUpdateNotRolledOut', at: '40m', series: { ...statefulSet(3, 3, '1x200'), ...revisions('db-1', 'db-2') } },
  { alert: 'KubeStatefulSetUpdateNotRolledOut', at: '40m', count: 0, says: 'pods are missing, and no update is under way', series: { ...statefulSet(3, 1, '1x200'), ...revisions('db-2', 'db-2') } },
  { alert: 'KubeStatefulSetUpdateNotRolledOut', at: '40m', count: 0, says: 'it gets on', series: { ...statefulSet(60, 60, '1+1x200'), ...revisions('db-1', 'db-2') } },
  { alert: 'KubeDaemonSetRolloutStuck', at: '40m', series: daemonSet({ available: 1 }) },
  { alert: 'KubeDaemonSetNotScheduled', at: '40m', series: daemonSet({ scheduled: 2 }) },
  { alert: 'KubeDaemonSetMisScheduled', at: '40m', series: daemonSet({ misplaced: 1 }) },
];

const job = (name: string, started: number, cronJob?: string): World => ({
  [state('kube_job_failed', `namespace="shop",job_name="${name}",condition="true"`)]: '1x200',
  [state('kube_job_status_start_time', `namespace="shop",job_name="${name}"`)]: `${started}x200`,
  ...(cronJob === undefined ? {} : { [state('kube_job_owner', `namespace="shop",job_name="${name}",owner_kind="CronJob",owner_name="${cronJob}",owner_is_controller="true"`)]: '1x200' }),
});
const succeeded = (cronJob: string, at: number): World => ({ [state('kube_cronjob_status_last_successful_time', `namespace="shop",cronjob="${cronJob}"`)]: `${at}x200` });

const JOBS: readonly RuleCase[] = [
  { alert: 'KubeJobFailed', at: '20m', series: job('migrate', 60) },
  { alert: 'KubeJobFailed', at: '20m', series: { ...job('report-1', 600, 'report'), ...succeeded('report', 300) } },
  { alert: 'KubeJobFailed', at: '20m', count: 0, says: 'a later run made it good', series: { ...job('report-1', 600, 'report'), ...succeeded('report', 900) } },
  { alert: 'KubeJobFailed', at: '20m', says: 'another CronJob succeeded', series: { ...job('report-1', 600, 'report'), ...succeeded('other', 900) } },
  { alert: 'KubeJobNotCompleted', at: '14h', step: '10m', series: { [state('kube_job_status_start_time', 'namespace="shop",job_name="import"')]: '600x100', [state('kube_job_status_active', 'namespace="shop",job_name="import"')]: '1x100' } },
  { alert: 'KubeJobNotCompleted', at: '14h', step: '10m', count: 0, says: 'it ended', series: { [state('kube_job_status_start_time', 'namespace="shop",job_name="import"')]: '600x100', [state('kube_job_status_active', 'namespace="shop",job_name="import"')]: '0x100' } },
];

const HPA = 'namespace="shop",horizontalpodautoscaler="web"';
const hpa = ({ current = '4x200', wanted = 4, least = 2, most = 10 }): World => ({
  [state('kube_horizontalpodautoscaler_status_current_replicas', HPA)]: current, [state('kube_horizontalpodautoscaler_status_desired_replicas', HPA)]: `${wanted}x200`,
  [state('kube_horizontalpodautoscaler_spec_min_replicas', HPA)]: `${least}x200`, [state('kube_horizontalpodautoscaler_spec_max_replicas', HPA)]: `${most}x200`,
});
const inactive: World = { [state('kube_horizontalpodautoscaler_status_condition', `${HPA},condition="ScalingActive",status="false"`)]: '1x200' };
const pdb = (healthy: number): World => ({
  [state('kube_poddisruptionbudget_status_desired_healthy', 'namespace="shop",poddisruptionbudget="web"')]: '2x200', [state('kube_poddisruptionbudget_status_current_healthy', 'namespace="shop",poddisruptionbudget="web"')]: `${healthy}x200`,
});

const SCALING: readonly RuleCase[] = [
  { alert: 'KubeHpaScalingInactive', at: '30m', series: { ...hpa({}), ...inactive } },
  { alert: 'KubeHpaScalingInactive', at: '30m', count: 0, says: 'it is scaled to nothing on purpose', series: { ...hpa({ current: '0x200' }), ...inactive } },
  { alert: 'KubeHpaReplicasMismatch', at: '40m', series: hpa({ wanted: 7 }) },
  { alert: 'KubeHpaReplicasMismatch', at: '40m', count: 0, says: 'it is on its way', series: hpa({ current: '3+1x5 3+1x5 3+1x5 3+1x5 3+1x5 3+1x5 3+1x5 3+1x5', wanted: 7 }) },
  { alert: 'KubeHpaMaxedOut', at: '30m', series: hpa({ current: '10x200', wanted: 10 }) },
  { alert: 'KubeHpaMaxedOut', at: '30m', count: 0, says: 'it has nowhere to go', series: hpa({ current: '10x200', wanted: 10, least: 10 }) },
  { alert: 'KubePdbNotEnoughHealthyPods', at: '30m', series: pdb(1) },
  { alert: 'KubePdbNotEnoughHealthyPods', at: '30m', count: 0, says: 'just enough', series: pdb(2) },
];

const nodes = (count: number, resource: string, each: number): World =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [state('kube_node_status_allocatable', `node="node-${index}",resource="${resource}",unit="core"`), `${each}x200`]));
const asks = (resource: string, amount: number, ended = false): World => ({
  [state('kube_pod_container_resource_requests', `${IN_POD},node="node-0",resource="${resource}",unit="core"`)]: `${amount}x200`,
  [state('kube_pod_status_phase', `${POD},phase="Running"`)]: ended ? '0x200' : '1x200',
});
const quota = (used: number, hard = 10): World => ({
  [state('kube_resourcequota', 'namespace="shop",resourcequota="team",resource="pods",type="used"')]: `${used}x200`, [state('kube_resourcequota', 'namespace="shop",resourcequota="team",resource="pods",type="hard"')]: `${hard}x200`,
});
const throttled = (share: number): World => ({
  [`container_cpu_cfs_periods_total{job="kubelet",${IN_POD},node="node-0"}`]: '0+600x200', [`container_cpu_cfs_throttled_periods_total{job="kubelet",${IN_POD},node="node-0"}`]: `0+${600 * share}x200`,
});

const RESOURCES: readonly RuleCase[] = [
  { alert: 'KubeCPUOvercommit', at: '60m', series: { ...nodes(3, 'cpu', 4), ...asks('cpu', 9) } },
  { alert: 'KubeCPUOvercommit', at: '60m', count: 0, says: 'one node can be spared', series: { ...nodes(3, 'cpu', 4), ...asks('cpu', 8) } },
  { alert: 'KubeCPUOvercommit', at: '60m', count: 0, says: 'there is only one node', series: { ...nodes(1, 'cpu', 4), ...asks('cpu', 3) } },
  { alert: 'KubeCPUOvercommit', at: '60m', count: 0, says: 'the pod has ended', series: { ...nodes(3, 'cpu', 4), ...asks('cpu', 9, true) } },
  { alert: 'KubeMemoryOvercommit', at: '60m', series: { ...nodes(2, 'memory', 8e9), ...asks('memory', 10e9) } },
  { alert: 'KubeCPUQuotaOvercommit', at: '60m', series: { ...nodes(1, 'cpu', 4), [state('kube_resourcequota', 'namespace="shop",resourcequota="team",resource="requests.cpu",type="hard"')]: '8x200' } },
  { alert: 'KubeMemoryQuotaOvercommit', at: '60m', series: { ...nodes(1, 'memory', 8e9), [state('kube_resourcequota', 'namespace="shop",resourcequota="team",resource="memory",type="hard"')]: '16000000000x200' } },
  { alert: 'KubeQuotaAlmostFull', at: '30m', series: quota(9.5) },
  { alert: 'KubeQuotaAlmostFull', at: '30m', count: 0, says: 'full is another alert', series: quota(10) },
  { alert: 'KubeQuotaFullyUsed', at: '30m', series: quota(10) },
  { alert: 'KubeQuotaFullyUsed', at: '30m', count: 0, says: 'a quota of nothing forbids', series: quota(0, 0) },
  { alert: 'KubeQuotaExceeded', at: '30m', series: quota(11) },
  { alert: 'CPUThrottlingHigh', at: '30m', series: throttled(0.5) },
  { alert: 'CPUThrottlingHigh', at: '30m', count: 0, says: 'a little is no harm', series: throttled(0.1) },
];

const CLAIM = 'namespace="shop",persistentvolumeclaim="data-db-0"';
const volume = (left: string, of: string, values: string): World => ({
  [`kubelet_volume_stats_${left}{job="kubelet",node="node-0",${CLAIM}}`]: values, [`kubelet_volume_stats_${of}{job="kubelet",node="node-0",${CLAIM}}`]: '1000x600',
});

const STORAGE: readonly RuleCase[] = [
  ...(['available_bytes', 'inodes_free'] as const).flatMap((left): RuleCase[] => {
    const alert = left === 'available_bytes' ? 'KubePersistentVolumeFillingUp' : 'KubePersistentVolumeInodesFillingUp';
    const of = left === 'available_bytes' ? 'capacity_bytes' : 'inodes';
    return [
      { alert, at: '30m', series: volume(left, of, '20x600') },
      { alert, at: '8h', step: '10m', series: volume(left, of, '140-1x600') },
      { alert, at: '8h', step: '10m', count: 2, series: volume(left, of, '76-1x600') },
      { alert, at: '8h', step: '10m', count: 0, says: 'it is rather full, and stays so', series: volume(left, of, '140x600') },
      { alert, at: '8h', step: '10m', count: 0, says: 'it fills up, and there is room', series: volume(left, of, '900-1x600') },
      { alert, at: '30m', count: 0, says: 'nobody can write to it', series: { ...volume(left, of, '0x600'), [state('kube_persistentvolumeclaim_access_mode', `${CLAIM},access_mode="ReadOnlyMany"`)]: '1x600' } },
      { alert, at: '30m', count: 0, says: 'its label says that it may be full', series: { ...volume(left, of, '0x600'), [state('kube_persistentvolumeclaim_labels', `${CLAIM},label_excluded_from_alerts="true"`)]: '1x600' } },
    ];
  }),
  { alert: 'KubePersistentVolumeErrors', at: '10m', series: { [state('kube_persistentvolume_status_phase', 'persistentvolume="pvc-1",phase="Failed"')]: '1x100', [state('kube_persistentvolume_status_phase', 'persistentvolume="pvc-1",phase="Bound"')]: '0x100' } },
  { alert: 'KubePersistentVolumeErrors', at: '10m', count: 0, says: 'it is in use', series: { [state('kube_persistentvolume_status_phase', 'persistentvolume="pvc-1",phase="Failed"')]: '0x100', [state('kube_persistentvolume_status_phase', 'persistentvolume="pvc-1",phase="Bound"')]: '1x100' } },
];

/** Alerts about what runs on Kubernetes. */
export const KUBERNETES_CASES: readonly RuleCase[] = [...PODS, ...WORKLOADS, ...JOBS, ...SCALING, ...RESOURCES, ...STORAGE];
