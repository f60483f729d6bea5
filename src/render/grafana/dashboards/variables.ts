import type { LabelVariable } from '../../../formats/grafana/dashboard.ts';
import { NAMESPACE, of, stateSeries } from './selector.ts';
import { JOBS } from './jobs.ts';

/** Any number of namespaces of the cluster. */
export const namespaces: LabelVariable = { name: 'namespace', label: 'Namespace', series: stateSeries('kube_namespace_status_phase'), of: 'namespace' };

/** One namespace. */
export const oneNamespace: LabelVariable = { ...namespaces, choice: 'one' };

/** One pod of the namespace. */
export const onePod: LabelVariable = { name: 'pod', label: 'Pod', series: stateSeries('kube_pod_info', NAMESPACE), of: 'pod', choice: 'one' };

/** Any number of nodes, as the kubelets see them. */
export const kubeletNodes: LabelVariable = { name: 'node', label: 'Node', series: `up{${of(JOBS.kubelet)}}`, of: 'node' };

/** Any number of nodes, as the node exporters see them. */
export const nodes: LabelVariable = { name: 'node', label: 'Node', series: `node_uname_info{${of(JOBS.nodeExporter)}}`, of: 'node' };

/** One of them. */
export const oneNode: LabelVariable = { ...nodes, choice: 'one' };
