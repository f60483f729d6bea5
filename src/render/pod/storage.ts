import type { StorageSettings } from '../../api/monitoring-stack.ts';

/** Where a StatefulSet keeps its data: a claim for each replica, or a volume that lives as long as the pod. */
export interface DataVolume {
  readonly volumes: readonly object[];
  readonly volumeClaimTemplates: readonly object[];
}

/** The data volume called `name`. */
export function dataVolume(name: string, storage: StorageSettings | undefined): DataVolume {
  if (!storage) return { volumes: [{ name, emptyDir: {} }], volumeClaimTemplates: [] };
  const { size, className } = storage;
  const spec = {
    accessModes: ['ReadWriteOnce'],
    ...(className === undefined ? {} : { storageClassName: className }),
    resources: { requests: { storage: size } },
  };
  return { volumes: [], volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec }] };
}
