import type { PushgatewaySettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { image } from '../../images.ts';
import { ownedMetadata, selectorLabels } from '../../labels.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { podTemplate, type Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../../pod/security-context.ts';
import { dataVolume } from '../../pod/storage.ts';
import type { StackContext } from '../../stack-context.ts';

/** Name of the Pushgateway's port. */
export const WEB = 'web';

const component = COMPONENTS.pushgateway;
const DATA = 'data';
const DATA_DIRECTORY = '/pushgateway';

/** The Pushgateway: one pod, since what was pushed to one would not be known to another. It keeps what it has over restarts. */
export function pushgatewayStatefulSet(context: StackContext, settings: PushgatewaySettings): KubeObject {
  const { stack } = context;
  const name = componentName(stack.metadata, component);
  const data = dataVolume(DATA, settings.storage);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: ownedMetadata(stack, { component, name }),
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: selectorLabels(stack.metadata, component) },
      template: podTemplate(context, {
        component,
        pod: settings.pod,
        serviceAccountName: name,
        token: 'none',
        userId: NOBODY,
        spread: 'anywhere',
        containers: [container(context, settings)],
        volumes: data.volumes,
      }),
      ...(data.volumeClaimTemplates.length > 0 ? { volumeClaimTemplates: data.volumeClaimTemplates } : {}),
    },
  };
}

/** The Pushgateway's command line. */
function pushgatewayFlags({ pod }: PushgatewaySettings): string[] {
  return [
    `--web.listen-address=:${PORTS.pushgateway}`,
    `--persistence.file=${DATA_DIRECTORY}/metrics`,
    // By default what a node that dies takes along is up to five minutes of pushes.
    '--persistence.interval=30s',
    ...(pod.extraArgs ?? []),
  ];
}

function container({ settings: { images } }: StackContext, settings: PushgatewaySettings): Container {
  return {
    name: 'pushgateway',
    image: image('pushgateway', settings.version, images),
    args: pushgatewayFlags(settings),
    ports: [{ name: WEB, containerPort: PORTS.pushgateway, protocol: 'TCP' }],
    resources: settings.pod.resources ?? { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: readinessProbe('/-/ready', WEB),
    livenessProbe: livenessProbe('/-/healthy', WEB),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [{ name: DATA, mountPath: DATA_DIRECTORY }],
  };
}
