import type { GrafanaSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { ownedMetadata } from '../labels.ts';
import { COMPONENTS, grafanaName } from '../names.ts';
import type { StackContext } from '../stack-context.ts';
import { WEB } from './ports.ts';

/** Grafana's Ingress, where one is asked for. */
export function grafanaIngress({ stack }: StackContext, { ingress }: GrafanaSettings): KubeObject[] {
  if (!ingress) return [];
  const { host, className, tlsSecret, annotations } = ingress;
  const name = grafanaName(stack.metadata);
  const backend = { service: { name, port: { name: WEB } } };
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: ownedMetadata(stack, { component: COMPONENTS.grafana, name, ...(annotations ? { annotations } : {}) }),
      spec: {
        ...(className === undefined ? {} : { ingressClassName: className }),
        ...(tlsSecret === undefined ? {} : { tls: [{ hosts: [host], secretName: tlsSecret }] }),
        rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    },
  ];
}
