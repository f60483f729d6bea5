import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { answeringTile, clientPanels, programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const MANAGER = of(JOBS.controllerManager);

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: what is asked of the cluster gets done. When its queues grow, rollouts stand still and endpoints grow stale.',
  panels: [
    silentTile('Controller managers', MANAGER),
    answeringTile('Controller managers', MANAGER),
    stat({ title: 'Longest queue', description: 'Things that wait in the longest queue of a controller.', queries: [{ expr: `max(workqueue_depth{${MANAGER}})` }], look: { decimals: 0, warnFrom: 50, alarmFrom: 500 } }),
    stat({
      title: 'Wait in a queue',
      description: 'Time that 99 of 100 things wait at most, over all queues.',
      queries: [{ expr: quantile(0.99, `workqueue_queue_duration_seconds_bucket{${MANAGER}}`) }],
      look: { unit: 's', warnFrom: 1, alarmFrom: 30 },
    }),
    stat({ title: 'Longest work', description: 'How long the work that has taken the longest has been under way.', queries: [{ expr: `max(workqueue_longest_running_processor_seconds{${MANAGER}})` }], look: { unit: 's', warnFrom: 60, alarmFrom: 600 } }),
    stat({
      title: 'Requests that fail',
      description: 'Share of its requests to the API server that ended in a server error or in none at all.',
      queries: [{ expr: `(${orZero(`sum(rate(rest_client_requests_total{${MANAGER},code=~"5..|<error>"}${RATE}))`, `up{${MANAGER}}`)}) / sum(rate(rest_client_requests_total{${MANAGER}}${RATE}))` }],
      look: { unit: 'percentunit', min: 0, decimals: 1, warnFrom: 0.01, alarmFrom: 0.1 },
    }),
  ],
};

const queues: Row = {
  title: 'Queues',
  text: 'Each controller has one. Retries mean that it tries and fails: its log says why.',
  panels: [
    timeseries({ title: 'Waiting', description: 'Things that wait, by controller.', queries: [{ expr: `sum by (name) (workqueue_depth{${MANAGER}}) > 0`, legend: '{{name}}' }], look: { min: 0, decimals: 0 } }),
    timeseries({ title: 'Coming', description: 'Things that are added a second, by the ten busiest controllers.', queries: [{ expr: `topk(10, sum by (name) (rate(workqueue_adds_total{${MANAGER}}${RATE})))`, legend: '{{name}}' }], look: { unit: 'ops', min: 0 } }),
    timeseries({ title: 'Waits', description: 'Time that 99 of 100 things wait at most, by controller.', queries: [{ expr: `topk(10, ${quantile(0.99, `workqueue_queue_duration_seconds_bucket{${MANAGER}}`, 'name')})`, legend: '{{name}}' }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Retries', description: 'Retries a second, by controller.', queries: [{ expr: `sum by (name) (rate(workqueue_retries_total{${MANAGER}}${RATE})) > 0`, legend: '{{name}}' }], look: { unit: 'ops', min: 0 } }),
    table({
      title: 'Work under way the longest',
      description: 'How long the oldest work of each controller has been under way.',
      queries: [{ expr: `topk(10, max by (name) (workqueue_longest_running_processor_seconds{${MANAGER}}) > 1)`, column: { title: 'since' } }],
      look: { unit: 's' },
      sortBy: 'since',
    }),
    timeseries({
      title: 'Pods deleted for taints',
      description: 'Pods that were deleted in the last hour because their node became unreachable or was tainted.',
      queries: [{ expr: `sum(increase(taint_eviction_controller_pod_deletions_total{${MANAGER}}[1h]))`, legend: 'pods' }],
      look: { min: 0, decimals: 0 },
    }),
  ],
};

const client: Row = { title: 'As a client of the API server', collapsed: true, text: 'All of its work is requests.', panels: clientPanels(MANAGER, '{{instance}}') };

/** The controller manager: does what is asked of the cluster get done. */
export const controllerManager = ownDashboard({
  id: 'controller-manager',
  title: 'Controller manager',
  description: 'kube-controller-manager: whether what is asked of the cluster gets done, and which controller is behind.',
  group: 'control-plane',
  clustersOf: `up{job="${JOBS.controllerManager}"}`,
  rows: [isItFine, queues, client, programRow(MANAGER, '{{instance}}')],
});
