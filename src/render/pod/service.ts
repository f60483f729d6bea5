import type { KubeObject, StringMap } from '../../api/kube-object.ts';
import { ownedMetadata, selectorLabels, sorted } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';

interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

interface Served {
  readonly component: string;
  readonly name: string;
  readonly ports: readonly ServicePort[];
  /** Which of the component's pods; all where absent. */
  readonly labels?: StringMap;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A Service over a component's pods; each port leads to the container port of the same name. */
export function service({ stack }: StackContext, { component, name, ports, labels = {}, spec = {} }: Served): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownedMetadata(stack, { component, name, labels }),
    spec: {
      ...spec,
      selector: sorted({ ...selectorLabels(stack.metadata, component), ...labels }),
      // Server-side apply keys ports by port and protocol: the default has to be written out.
      ports: ports.map(({ name: port, port: number, protocol = 'TCP' }) => ({ name: port, port: number, protocol, targetPort: port })),
    },
  };
}

/** A headless Service that gives the pods of a StatefulSet their DNS names, before they are ready too. */
export function governingService(context: StackContext, served: Served): KubeObject {
  return service(context, { ...served, spec: { clusterIP: 'None', publishNotReadyAddresses: true } });
}
