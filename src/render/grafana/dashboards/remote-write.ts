import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const SELF = of(JOBS.prometheus);
const LEGEND = '{{pod}} to {{remote_name}}';
const BY = 'cluster, pod, remote_name';
const behind = `max by (cluster, pod) (prometheus_remote_storage_highest_timestamp_in_seconds{${SELF}}) - on (cluster, pod) group_right () max by (${BY}) (prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${SELF}})`;
const failed = `sum(rate(prometheus_remote_storage_samples_failed_total{${SELF}}${RATE}))`;
const dropped = `sum(rate(prometheus_remote_storage_samples_dropped_total{${SELF}}${RATE}))`;
const rate = (metric: string): string => `sum by (${BY}) (rate(prometheus_remote_storage_${metric}{${SELF}}${RATE}))`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: samples arrive at the other end within seconds. What is behind for more than two hours is lost.',
  panels: [
    stat({ title: 'Behind', description: 'How far the slowest queue is behind what was scraped.', queries: [{ expr: `max(clamp_min(${behind}, 0))` }], look: { unit: 's', warnFrom: 60, alarmFrom: 300 } }),
    stat({ title: 'Lost', description: 'Samples a second that the other end refused for good.', queries: [{ expr: orZero(failed, `up{${SELF}}`) }], look: { unit: 'cps', alarmFrom: 0.001 } }),
    stat({ title: 'Left out', description: 'Samples a second that write relabel rules drop, or that came too late.', queries: [{ expr: orZero(dropped, `up{${SELF}}`) }], look: { unit: 'cps' } }),
    stat({ title: 'Tried again', description: 'Samples a second that had to be sent once more.', queries: [{ expr: orZero(`sum(rate(prometheus_remote_storage_samples_retried_total{${SELF}}${RATE}))`, `up{${SELF}}`) }], look: { unit: 'cps', warnFrom: 1 } }),
    stat({ title: 'Waiting', description: 'Samples that wait to be sent.', queries: [{ expr: `sum(prometheus_remote_storage_samples_pending{${SELF}})` }] }),
    stat({
      title: 'Shards',
      description: 'Connections wanted, as a share of those allowed: at 100 % it cannot become faster.',
      queries: [{ expr: `max(prometheus_remote_storage_shards_desired{${SELF}} / prometheus_remote_storage_shards_max{${SELF}})` }],
      look: { unit: 'percentunit', decimals: 0, warnFrom: 0.8, alarmFrom: 1 },
    }),
  ],
};

const flow: Row = {
  title: 'Samples',
  text: 'What is sent should be what comes in. A line of "behind" that climbs means that the other end, or the way to it, is too slow.',
  panels: [
    timeseries({ title: 'Behind, by queue', description: 'How far each queue is behind what was scraped.', queries: [{ expr: `clamp_min(${behind}, 0)`, legend: LEGEND }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Sent', description: 'Samples a second.', queries: [{ expr: rate('samples_total'), legend: LEGEND }], look: { unit: 'cps', min: 0 } }),
    timeseries({
      title: 'Lost and tried again',
      description: 'Samples a second that were refused for good, that had to be sent once more, and that came too late.',
      queries: [
        { expr: `${rate('samples_failed_total')} > 0`, legend: `${LEGEND} lost` },
        { expr: `${rate('samples_retried_total')} > 0`, legend: `${LEGEND} tried again` },
        { expr: `${rate('samples_dropped_total')} > 0`, legend: `${LEGEND} left out` },
      ],
      look: { unit: 'cps', min: 0 },
    }),
    timeseries({ title: 'Waiting, by queue', description: 'Samples that wait to be sent.', queries: [{ expr: `sum by (${BY}) (prometheus_remote_storage_samples_pending{${SELF}})`, legend: LEGEND }], look: { min: 0 } }),
  ],
};

const shards: Row = {
  title: 'Connections',
  text: 'Prometheus opens more connections (shards) as it falls behind, up to the most that is allowed.',
  panels: [
    timeseries({
      title: 'Shards by queue',
      description: 'Those there are, those it wants, and the most that is allowed.',
      queries: [
        { expr: `prometheus_remote_storage_shards{${SELF}}`, legend: `${LEGEND} now` },
        { expr: `prometheus_remote_storage_shards_desired{${SELF}}`, legend: `${LEGEND} wanted` },
        { expr: `min by (remote_name) (prometheus_remote_storage_shards_max{${SELF}})`, legend: '{{remote_name}} at most' },
      ],
      look: { min: 0, decimals: 1 },
    }),
    timeseries({ title: 'A request takes', description: 'Time that 99 of 100 requests take at most.', queries: [{ expr: quantile(0.99, `prometheus_remote_storage_sent_batch_duration_seconds_bucket{${SELF}}`, 'pod', 'remote_name'), legend: LEGEND }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Traffic', description: 'Bytes a second of samples, compressed.', queries: [{ expr: rate('bytes_total'), legend: LEGEND }], look: { unit: 'Bps', min: 0 } }),
    timeseries({
      title: 'Metadata and exemplars lost',
      description: 'Descriptions of metrics, and exemplars a second that the other end refused.',
      queries: [
        { expr: `${rate('metadata_failed_total')} > 0`, legend: `${LEGEND} metadata` },
        { expr: `${rate('exemplars_failed_total')} > 0`, legend: `${LEGEND} exemplars` },
      ],
      look: { unit: 'cps', min: 0 },
    }),
  ],
};

/** Remote write: do samples arrive at the other end. */
export const remoteWrite = ownDashboard({
  id: 'remote-write',
  title: 'Remote write',
  description: 'Whether samples arrive where this stack sends them, how far behind they are, and what is lost.',
  group: 'monitoring',
  clustersOf: `up{job="${JOBS.prometheus}"}`,
  rows: [isItFine, flow, shards],
});
