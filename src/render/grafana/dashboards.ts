import type { StackSettings } from '../../api/defaults.ts';
import type { Dashboard } from '../../formats/grafana/dashboard.ts';
import type { Panel } from '../../formats/grafana/panel.ts';
import { componentsOf, type Component, type Components } from './dashboards/components.ts';
import { nodes } from './dashboards/nodes.ts';
import { uidOf } from './dashboards/own-dashboard.ts';
import { stackOverview } from './dashboards/stack-overview.ts';

/** A dashboard of ours with the last part of its ConfigMap's name. */
export interface NamedDashboard {
  readonly id: string;
  readonly dashboard: Dashboard;
}

interface Entry {
  readonly id: string;
  /** What has to be on for it to show something. */
  readonly needs: readonly Component[];
  readonly dashboard: (components: Components) => Dashboard;
}

/** All there are, in the order in which a newcomer reads them. */
const ALL: readonly Entry[] = [
  { id: 'stack-overview', needs: [], dashboard: stackOverview },
  { id: 'nodes', needs: ['nodeExporter'], dashboard: () => nodes },
];

/** Ids of all dashboards that any stack can have. */
export const DASHBOARD_IDS: readonly string[] = ALL.map(({ id }) => id);

/** The dashboards for what is on in a stack. `probes`: some ScrapeTarget of it probes. */
export function dashboards(settings: StackSettings, { probes }: { readonly probes: boolean } = { probes: false }): readonly NamedDashboard[] {
  return dashboardsFor(componentsOf(settings, { probes }));
}

const made = new Map<string, readonly NamedDashboard[]>();

/** The dashboards that these components make possible, with links only to one another. The same components give the same objects. */
export function dashboardsFor(components: Components): readonly NamedDashboard[] {
  const key = [...components].sort().join(' ');
  let all = made.get(key);
  if (!all) {
    all = make(components);
    made.set(key, all);
  }
  return all;
}

function make(components: Components): NamedDashboard[] {
  const entries = ALL.filter(({ needs }) => needs.every((component) => components.has(component)));
  const uids = new Set(entries.map(({ id }) => uidOf(id)));
  return entries.map(({ id, dashboard }) => ({ id, dashboard: withLinksTo(uids, dashboard(components)) }));
}

function withLinksTo(uids: ReadonlySet<string>, dashboard: Dashboard): Dashboard {
  const linked = (panel: Panel): Panel => ({ ...panel, links: panel.links.filter(({ to }) => uids.has(to)) });
  return { ...dashboard, rows: dashboard.rows.map((row) => ({ ...row, panels: row.panels.map(linked) })) };
}
