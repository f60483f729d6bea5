import type { StackSettings } from '../../api/defaults.ts';
import { image } from '../images.ts';
import { PORTS } from '../names.ts';
import type { Container } from '../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../pod/probe.ts';
import { restrictedContainerSecurity } from '../pod/security-context.ts';
import { DATA_DIRECTORY } from './flags.ts';
import { THANOS_GRPC, THANOS_HTTP } from './ports.ts';

const OBJECT_STORAGE = 'object-storage';
const OBJECT_STORAGE_DIRECTORY = '/etc/thanos';

/** The Thanos sidecar: answers queriers from Prometheus' data, and uploads blocks where object storage is named. */
export function thanosSidecar({ prometheus: { thanos }, images }: StackSettings): Container[] {
  if (!thanos) return [];
  const { version, objectStorage } = thanos;
  return [
    {
      name: 'thanos-sidecar',
      image: image('thanos', version, images),
      args: [
        'sidecar',
        `--prometheus.url=http://localhost:${PORTS.prometheus}/`,
        `--tsdb.path=${DATA_DIRECTORY}`,
        `--grpc-address=:${PORTS.thanosGrpc}`,
        `--http-address=:${PORTS.thanosHttp}`,
        ...(objectStorage ? [`--objstore.config-file=${OBJECT_STORAGE_DIRECTORY}/${objectStorage.key}`] : []),
      ],
      ports: [
        { name: THANOS_GRPC, containerPort: PORTS.thanosGrpc, protocol: 'TCP' },
        { name: THANOS_HTTP, containerPort: PORTS.thanosHttp, protocol: 'TCP' },
      ],
      resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '512Mi' } },
      readinessProbe: readinessProbe('/-/ready', THANOS_HTTP),
      livenessProbe: livenessProbe('/-/healthy', THANOS_HTTP),
      securityContext: restrictedContainerSecurity(),
      volumeMounts: [
        { name: 'data', mountPath: DATA_DIRECTORY },
        ...(objectStorage ? [{ name: OBJECT_STORAGE, mountPath: OBJECT_STORAGE_DIRECTORY, readOnly: true }] : []),
      ],
    },
  ];
}

/** The Secret with the sidecar's object storage, where one is named. */
export function thanosVolumes({ prometheus: { thanos } }: StackSettings): object[] {
  if (!thanos?.objectStorage) return [];
  const { name, key } = thanos.objectStorage;
  return [{ name: OBJECT_STORAGE, secret: { secretName: name, items: [{ key, path: key }], defaultMode: 0o440 } }];
}
