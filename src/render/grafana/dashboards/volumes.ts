import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { JOBS } from './jobs.ts';
import { toNamespace } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { NAMESPACE, of, orZero, stateBy, stateSeries } from './selector.ts';

/** Persistent volumes: which are full, which will be, which are not there. */
export function volumes(components: Components): Dashboard {
  return ownDashboard({
    id: 'volumes',
    title: 'Persistent volumes',
    description: 'Which volumes are full or will be soon, and which claims wait for one.',
    group: 'infrastructure',
    clustersOf: `up{job="${JOBS.kubelet}"}`,
    variables: [{ name: 'namespace', label: 'Namespace', series: `kubelet_volume_stats_capacity_bytes{${of(JOBS.kubelet)}}`, of: 'namespace' }],
    rows: [isItFine(components), room, ...(components.has('kubeState') ? [claims] : [])],
  });
}

const BY = 'cluster, namespace, persistentvolumeclaim';
const series = (metric: string): string => `kubelet_volume_stats_${metric}{${of(JOBS.kubelet, NAMESPACE)}}`;
/** Once, also where several nodes have mounted the volume. */
const volume = (metric: string): string => `max by (${BY}) (${series(metric)})`;
const used = `${volume('used_bytes')} / (${volume('capacity_bytes')} > 0)`;
const inodes = `${volume('inodes_used')} / (${volume('inodes')} > 0)`;
/** Those that are more than half full and at this rate full in four days. */
const filling = `(max by (${BY}) (predict_linear(${series('available_bytes')}[6h], 4 * 86400)) < 0) and (${used} > 0.5)`;
const share = { unit: 'percentunit', min: 0, max: 1, decimals: 0 };

function isItFine(components: Components): Row {
  return {
    title: 'Is it fine?',
    text: 'All green: no volume is near full. Only volumes that some pod has mounted, and whose driver says so, can be seen.',
    panels: [
      stat({ title: 'Fullest volume', description: 'Share in use of the volume that is nearest to full.', queries: [{ expr: `max(${used})` }], look: { ...share, warnFrom: 0.85, alarmFrom: 0.95 } }),
      stat({ title: 'Fullest in inodes', description: 'Share of the inodes in use: a volume of many small files is full before its bytes are.', queries: [{ expr: `max(${inodes})` }], look: { ...share, warnFrom: 0.85, alarmFrom: 0.95 } }),
      stat({ title: 'Full in four days', description: 'Volumes that are full in four days if they go on as in the last six hours.', queries: [{ expr: orZero(`count(${filling})`, series('capacity_bytes')) }], look: { decimals: 0, warnFrom: 1 } }),
      stat({ title: 'Volumes', description: 'Volumes that are mounted and seen.', queries: [{ expr: `count(${volume('capacity_bytes')})` }], look: { decimals: 0 } }),
      ...(components.has('kubeState')
        ? [
            stat({
              title: 'Claims that wait',
              description: 'Claims that no volume was found or made for yet; some wait on purpose for their first pod.',
              queries: [{ expr: orZero(`count(${stateBy('namespace, persistentvolumeclaim', 'kube_persistentvolumeclaim_status_phase', 'phase="Pending"', NAMESPACE)} == 1)`, stateSeries('kube_namespace_status_phase')) }],
              look: { decimals: 0, warnFrom: 1 },
            }),
            stat({
              title: 'Volumes failed or lost',
              description: 'Volumes that could not be reclaimed, and claims whose volume is gone.',
              queries: [
                {
                  expr: orZero(
                    `count(${stateBy('persistentvolume', 'kube_persistentvolume_status_phase', 'phase="Failed"')} == 1 or ${stateBy('namespace, persistentvolumeclaim', 'kube_persistentvolumeclaim_status_phase', 'phase="Lost"')} == 1)`,
                    stateSeries('kube_namespace_status_phase'),
                  ),
                },
              ],
              look: { decimals: 0, alarmFrom: 1 },
            }),
          ]
        : []),
    ],
  };
}

const room: Row = {
  title: 'Room',
  text: 'The fullest first. A volume is made larger by its claim, where its storage class allows that.',
  panels: [
    table({
      title: 'Volumes by claim',
      description: 'Share in use of each volume, in bytes and in inodes, and what is left.',
      queries: [
        { expr: used, column: { title: 'in use', ...share, warnFrom: 0.85, alarmFrom: 0.95 } },
        { expr: volume('available_bytes'), column: { title: 'left', unit: 'bytes' } },
        { expr: volume('capacity_bytes'), column: { title: 'size', unit: 'bytes' } },
        { expr: inodes, column: { title: 'inodes in use', ...share, warnFrom: 0.85, alarmFrom: 0.95 } },
      ],
      links: [toNamespace],
      sortBy: 'in use',
      width: 24,
      height: 10,
    }),
    timeseries({ title: 'In use', description: 'Share of each volume, of the 20 fullest.', queries: [{ expr: `topk(20, ${used})`, legend: '{{namespace}}/{{persistentvolumeclaim}}' }], look: share }),
    timeseries({ title: 'Inodes in use', description: 'Share of the inodes of each volume, of the 20 fullest.', queries: [{ expr: `topk(20, ${inodes})`, legend: '{{namespace}}/{{persistentvolumeclaim}}' }], look: share }),
  ],
};

const claims: Row = {
  title: 'Claims',
  text: 'A claim that waits keeps its pod from starting; kubectl describe pvc says for what.',
  panels: [
    table({
      title: 'Claims that are not bound',
      description: 'Claims that wait, or whose volume is gone.',
      queries: [{ expr: `${stateBy('namespace, persistentvolumeclaim, phase', 'kube_persistentvolumeclaim_status_phase', 'phase!="Bound"', NAMESPACE)} == 1`, column: { title: 'holds', words: { 1: 'yes' } } }],
      links: [toNamespace],
    }),
    table({
      title: 'Volumes by phase',
      description: 'Volumes of the cluster, and what became of them.',
      queries: [{ expr: `sum by (cluster, phase) (${stateBy('persistentvolume, phase', 'kube_persistentvolume_status_phase')}) > 0`, column: { title: 'volumes', decimals: 0 } }],
    }),
  ],
};
