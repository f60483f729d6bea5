import type { NodeExporterSettings } from '../../../api/defaults.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { COMPONENTS, nodeExporterName } from '../../names.ts';
import { networkPolicy, tcp } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { governingService } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import { METRICS, nodeExporterDaemonSet } from './daemon-set.ts';

const component = COMPONENTS.nodeExporter;
const NOTE = 'These pods use the network of the node, where most network plugins enforce no policy: guard the port on the nodes too.';

/** Everything the node exporter consists of. */
export function nodeExporter(context: StackContext, settings: NodeExporterSettings): KubeObject[] {
  const name = nodeExporterName(context.stack.metadata);
  const { port } = settings;
  return [
    serviceAccount(context, component, name),
    // From anywhere: what comes from another node bears that node's address, which no selector fits.
    networkPolicy(context, { component, name, ingress: [{ ports: [tcp(port)] }], annotations: { 'belfry.dev/note': NOTE } }),
    governingService(context, { component, name, ports: [{ name: METRICS, port }] }),
    nodeExporterDaemonSet(context, settings),
  ];
}
