import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { bucketMapCount, prometheusBaseConfigMap, prometheusBucketConfigMap, prometheusCredentialsSecret } from '../names.ts';
import { CONFIG_DIRECTORY } from './flags.ts';

const CONFIG = 'config';
const CREDENTIALS = 'credentials';

/**
 * The volumes that Prometheus' config comes in: one projected volume over all ConfigMaps of the shard, and the Secret with
 * the credentials below it. The sources are the same whatever is in use, since the list of volumes is part of the pod
 * template and a change of it would restart Prometheus; ConfigMaps that are not there are left out by the kubelet.
 */
export function configVolumes({ metadata: stack, spec }: MonitoringStack, shard: number): object[] {
  const buckets = Array.from({ length: bucketMapCount(spec.scope) }, (_, bucket) => ({
    configMap: { name: prometheusBucketConfigMap(stack, shard, bucket), optional: true },
  }));
  return [
    { name: CONFIG, projected: { sources: [{ configMap: { name: prometheusBaseConfigMap(stack, shard) } }, ...buckets] } },
    // A volume of its own: as a source of the other one it could only have a folder if each of its keys were listed here.
    { name: CREDENTIALS, secret: { secretName: prometheusCredentialsSecret(stack), optional: true, defaultMode: 0o440 } },
  ];
}

/** Where the container sees them. */
export const configMounts = [
  { name: CONFIG, mountPath: CONFIG_DIRECTORY, readOnly: true },
  { name: CREDENTIALS, mountPath: `${CONFIG_DIRECTORY}/credentials`, readOnly: true },
];
