import { alert, type PackRule } from './alert.ts';
import { stateOf } from './kube-state.ts';
import type { Pack } from './pack.ts';

const STARTED = stateOf('namespace, job_name', 'kube_job_status_start_time');

// Runs of a CronJob that started before its last success: a later run made them good.
const MADE_GOOD = [
  `${STARTED} * on (namespace, job_name) group_left (owner_name) ${stateOf('namespace, job_name, owner_name', 'kube_job_owner', 'owner_kind="CronJob"')}`,
  `< on (namespace, owner_name) group_left () max by (namespace, owner_name) (label_replace(${stateOf('namespace, cronjob', 'kube_cronjob_status_last_successful_time')}, "owner_name", "$1", "cronjob", "(.+)"))`,
].join(' ');

const rules: readonly PackRule[] = [
  alert('KubeJobFailed', {
    severity: 'warning',
    expr: `${stateOf('namespace, job_name', 'kube_job_failed', 'condition="true"')} == 1 unless on (namespace, job_name) (${MADE_GOOD})`,
    for: '5m',
    summary: 'Job {{ $labels.namespace }}/{{ $labels.job_name }} failed.',
    description: 'It is out of attempts, or out of time. The alert ends when the Job is deleted, or when a later run of its CronJob succeeds.',
  }),
  alert('KubeJobNotCompleted', {
    severity: 'warning',
    threshold: 43200,
    unit: 'seconds',
    expr: (seconds) => `time() - (${STARTED} and ${stateOf('namespace, job_name', 'kube_job_status_active')} > 0) > ${seconds}`,
    summary: 'Job {{ $labels.namespace }}/{{ $labels.job_name }} has been running for {{ $value | humanizeDuration }}.',
    description: 'Most Jobs end much sooner. See whether it waits for something that never comes; activeDeadlineSeconds would end it.',
  }),
];

/** Alerts about Jobs. */
export const kubernetesJobs: Pack = { name: 'kubernetes-jobs', needs: ['kubeState'], rules };
