import type { PanelLink } from '../../../formats/grafana/panel.ts';
import { uidOf } from './own-dashboard.ts';

const link = (to: string, title: string, labels: readonly string[], column?: string): PanelLink => ({ to: uidOf(to), title, labels, ...(column === undefined ? {} : { column }) });

/** The ways down, from what one looks at to what it consists of. In a table, from the cell that names it. */
export const toNamespace = link('namespace', 'Namespace', ['namespace'], 'namespace');
export const toWorkload = link('workload', 'Workload', ['namespace', 'workload'], 'workload');
export const toPod = link('pod', 'Pod', ['namespace', 'pod'], 'pod');
export const toNode = link('node', 'Node', ['node'], 'node');
export const toVolumes = link('volumes', 'Volumes', ['namespace'], 'persistentvolumeclaim');
export const toStack = link('stack-overview', 'This monitoring stack', []);
export const toAlerts = link('alerts', 'Alerts', []);
export const toNodes = link('nodes', 'Nodes', []);
