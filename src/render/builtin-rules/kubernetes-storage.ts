import { alert, type PackRule, type Severity } from './alert.ts';
import { KUBELET } from './jobs.ts';
import { stateOf } from './kube-state.ts';
import type { Pack } from './pack.ts';

const BY = 'namespace, persistentvolumeclaim';
const NAME = '{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}';

/** The kubelet of each node that has the volume reports it: one of them is enough. */
const volume = (metric: string): string => `min by (${BY}) (kubelet_volume_stats_${metric}{${KUBELET}})`;

// Nobody writes to those that can only be read, and some are full on purpose, which their claim can say by a label
// (metricLabels of kube-state-metrics has to copy it).
const LEAVE_OUT = [
  `unless on (${BY}) ${stateOf(BY, 'kube_persistentvolumeclaim_access_mode', 'access_mode="ReadOnlyMany"')} == 1`,
  `unless on (${BY}) ${stateOf(BY, 'kube_persistentvolumeclaim_labels', 'label_excluded_from_alerts="true"')} == 1`,
].join(' ');

interface Room {
  readonly name: string;
  readonly left: string;
  readonly of: string;
  readonly what: string;
}

function fillingUp({ name, left, of, what }: Room): PackRule[] {
  const percentLeft = `100 * ${volume(left)} / ${volume(of)}`;
  const words = (severity: Severity, when: string) => ({
    severity,
    summary: `Volume of claim ${NAME} ${when}: {{ $value | printf "%.1f" }}% of its ${what} are left.`,
  });
  return [
    alert(name, {
      ...words('critical', 'is almost full'),
      threshold: 3,
      unit: 'percent',
      expr: (percent) => `${percentLeft} < ${percent} ${LEAVE_OUT}`,
      for: '1m',
      description: 'What writes to it is about to fail. Enlarge the claim if its StorageClass allows that, or remove what is not needed.',
    }),
    alert(name, {
      ...words('warning', 'will be full within four days'),
      threshold: 15,
      unit: 'percent',
      expr: (percent) => `${percentLeft} < ${percent} and min by (${BY}) (predict_linear(kubelet_volume_stats_${left}{${KUBELET}}[6h], 4 * 24 * 3600)) < 0 ${LEAVE_OUT}`,
      for: '1h',
      description: 'At the pace of the last six hours nothing is left then. Enlarge the claim if its StorageClass allows that, or remove what is not needed.',
    }),
  ];
}

const rules: readonly PackRule[] = [
  ...fillingUp({ name: 'KubePersistentVolumeFillingUp', left: 'available_bytes', of: 'capacity_bytes', what: 'space' }),
  ...fillingUp({ name: 'KubePersistentVolumeInodesFillingUp', left: 'inodes_free', of: 'inodes', what: 'inodes' }),
];

/** Alerts about volumes in use, as the kubelets see them. */
export const kubernetesVolumes: Pack = { name: 'kubernetes-volumes', needs: ['kubelet'], rules };

/** Alerts about volumes as objects. */
export const kubernetesStorage: Pack = {
  name: 'kubernetes-storage',
  needs: ['kubeState'],
  rules: [
    alert('KubePersistentVolumeErrors', {
      severity: 'critical',
      expr: `${stateOf('persistentvolume, phase', 'kube_persistentvolume_status_phase', 'phase=~"Failed|Pending"')} == 1`,
      for: '5m',
      summary: 'PersistentVolume {{ $labels.persistentvolume }} is {{ $labels.phase }}.',
      description: 'Its provisioner could not make it, or could not give it back. kubectl describe pv shows what it says.',
    }),
  ],
};
