import type { AlertmanagerSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { image } from '../images.ts';
import { ownedMetadata, selectorLabels } from '../labels.ts';
import { alertmanagerConfigSecret, alertmanagerGoverningService, alertmanagerName, COMPONENTS, PORTS } from '../names.ts';
import { podTemplate, type Container } from '../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../pod/security-context.ts';
import { dataVolume } from '../pod/storage.ts';
import type { StackContext } from '../stack-context.ts';
import { alertmanagerFlags, CONFIG_DIRECTORY, DATA_DIRECTORY } from './flags.ts';
import { MESH_TCP, MESH_UDP, WEB } from './ports.ts';

const component = COMPONENTS.alertmanager;
const CONFIG = 'config';
const DATA = 'data';

/** Alertmanager's StatefulSet. */
export function alertmanagerStatefulSet(context: StackContext, alertmanager: AlertmanagerSettings): KubeObject {
  const { stack } = context;
  const name = alertmanagerName(stack.metadata);
  const data = dataVolume(DATA, alertmanager.storage);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: ownedMetadata(stack, { component, name }),
    spec: {
      replicas: alertmanager.replicas,
      serviceName: alertmanagerGoverningService(stack.metadata),
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorLabels(stack.metadata, component) },
      template: podTemplate(context, {
        component,
        pod: alertmanager.pod,
        serviceAccountName: name,
        token: 'none',
        userId: NOBODY,
        spread: 'over-nodes',
        spec: { terminationGracePeriodSeconds: 60 },
        containers: [container(context, alertmanager)],
        volumes: [{ name: CONFIG, secret: { secretName: alertmanagerConfigSecret(stack.metadata), defaultMode: 0o440 } }, ...data.volumes],
      }),
      ...(data.volumeClaimTemplates.length > 0 ? { volumeClaimTemplates: data.volumeClaimTemplates } : {}),
    },
  };
}

function container({ stack, settings }: StackContext, alertmanager: AlertmanagerSettings): Container {
  const { version, replicas, pod } = alertmanager;
  const mesh = [
    { name: MESH_TCP, containerPort: PORTS.alertmanagerMesh, protocol: 'TCP' },
    { name: MESH_UDP, containerPort: PORTS.alertmanagerMesh, protocol: 'UDP' },
  ];
  return {
    name: 'alertmanager',
    image: image('alertmanager', version, settings.images),
    args: alertmanagerFlags(stack.metadata, alertmanager),
    env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
    ports: [{ name: WEB, containerPort: PORTS.alertmanager, protocol: 'TCP' }, ...(replicas > 1 ? mesh : [])],
    resources: pod.resources ?? { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: readinessProbe('/-/ready', WEB),
    livenessProbe: livenessProbe('/-/healthy', WEB),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [
      { name: CONFIG, mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: DATA, mountPath: DATA_DIRECTORY },
    ],
  };
}
