import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { answeringTile, clientPanels, programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const SCHEDULER = of(JOBS.scheduler);
const waits = (...by: string[]): string => quantile(0.99, `scheduler_pod_scheduling_sli_duration_seconds_bucket{${SCHEDULER}}`, ...by);

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: pods find a node, and soon. Pods that fit nowhere are a matter of room, or of what they ask for; the scheduler itself is fine then.',
  panels: [
    silentTile('Schedulers', SCHEDULER),
    answeringTile('Schedulers', SCHEDULER),
    stat({
      title: 'Fit nowhere',
      description: 'Pods that no node can take as they are.',
      queries: [{ expr: `max(scheduler_pending_pods{${SCHEDULER},queue="unschedulable"})` }],
      look: { decimals: 0, warnFrom: 1, alarmFrom: 20 },
    }),
    stat({
      title: 'Waiting',
      description: 'Pods that the scheduler has not come to yet.',
      queries: [{ expr: `max(scheduler_pending_pods{${SCHEDULER},queue="active"})` }],
      look: { decimals: 0, warnFrom: 50, alarmFrom: 500 },
    }),
    stat({
      title: 'Time to a node',
      description: 'From the first attempt to a node: 99 of 100 pods wait no longer, those that fit nowhere at first included.',
      queries: [{ expr: waits() }],
      look: { unit: 's', warnFrom: 5, alarmFrom: 60 },
    }),
    stat({
      title: 'Errors',
      description: 'Attempts a second that ended in an error, not merely without a node.',
      queries: [{ expr: orZero(`sum(rate(scheduler_schedule_attempts_total{${SCHEDULER},result="error"}${RATE}))`, `up{${SCHEDULER}}`) }],
      look: { unit: 'ops', alarmFrom: 0.1 },
    }),
  ],
};

const pods: Row = {
  title: 'Pods',
  text: 'A long queue "active" is a slow scheduler; a long queue "unschedulable" is a full cluster.',
  panels: [
    timeseries({ title: 'Queues', description: 'Pods that wait, by queue.', queries: [{ expr: `max by (queue) (scheduler_pending_pods{${SCHEDULER}})`, legend: '{{queue}}' }], look: { min: 0, decimals: 0 } }),
    timeseries({
      title: 'Attempts',
      description: 'Attempts a second, by result.',
      queries: [{ expr: `sum by (result) (rate(scheduler_schedule_attempts_total{${SCHEDULER}}${RATE}))`, legend: '{{result}}' }],
      look: { unit: 'ops', min: 0 },
    }),
    timeseries({
      title: 'An attempt takes',
      description: 'Time that 99 of 100 attempts take at most, by result.',
      queries: [{ expr: quantile(0.99, `scheduler_scheduling_attempt_duration_seconds_bucket{${SCHEDULER}}`, 'result'), legend: '{{result}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({ title: 'A pod waits', description: 'Time to a node that 99 of 100 pods wait at most, by the attempts it took.', queries: [{ expr: waits('attempts'), legend: '{{attempts}} attempts' }], look: { unit: 's', min: 0 } }),
    timeseries({
      title: 'Others pushed aside',
      description: 'Attempts a second to make room by ending pods of lower priority.',
      queries: [{ expr: `sum(rate(scheduler_preemption_attempts_total{${SCHEDULER}}${RATE}))`, legend: 'preemptions' }],
      look: { unit: 'ops', min: 0 },
    }),
    timeseries({ title: 'What it knows', description: 'Nodes and pods in its memory.', queries: [{ expr: `max by (type) (scheduler_cache_size{${SCHEDULER}})`, legend: '{{type}}' }], look: { min: 0, decimals: 0 } }),
  ],
};

const client: Row = { title: 'As a client of the API server', collapsed: true, text: 'Without the API server it can bind no pod.', panels: clientPanels(SCHEDULER, '{{instance}}') };

/** The scheduler: do pods find a node, and soon. */
export const scheduler = ownDashboard({
  id: 'scheduler',
  title: 'Scheduler',
  description: 'kube-scheduler: whether pods find a node, how long they wait, and why they do.',
  group: 'control-plane',
  clustersOf: `up{job="${JOBS.scheduler}"}`,
  rows: [isItFine, pods, client, programRow(SCHEDULER, '{{instance}}')],
});
