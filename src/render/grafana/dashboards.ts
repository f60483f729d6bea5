import type { StackSettings } from '../../api/defaults.ts';
import type { Dashboard } from '../../formats/grafana/dashboard.ts';
import { nodes } from './nodes.ts';
import { stackOverview } from './stack-overview.ts';

/** A dashboard of ours with the last part of its ConfigMap's name. */
export interface NamedDashboard {
  readonly id: string;
  readonly dashboard: Dashboard;
}

/** The dashboards for what is on in a stack. */
export function dashboards(settings: StackSettings): NamedDashboard[] {
  return [
    { id: 'stack-overview', dashboard: stackOverview(settings) },
    ...(settings.nodeExporter ? [{ id: 'nodes', dashboard: nodes }] : []),
  ];
}
