import type { Dashboard, LabelVariable, Menu, Row } from '../../../formats/grafana/dashboard.ts';

/** Which menu a dashboard is in. */
export type Group = 'workloads' | 'infrastructure' | 'control-plane' | 'monitoring';

interface OwnDashboard {
  /** Last part of its uid and of its ConfigMap's name: never changed once released, people's links and bookmarks have it. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly group: Group;
  /** Beside data source and cluster. */
  readonly variables?: readonly LabelVariable[];
  /** A series that tells which clusters there are. */
  readonly clustersOf: string;
  readonly rows: readonly Row[];
}

/** Titles of the menus at the top of each dashboard, in their order. */
const MENUS: Readonly<Record<Group, string>> = {
  workloads: 'Workloads',
  infrastructure: 'Nodes and network',
  'control-plane': 'Control plane',
  monitoring: 'Monitoring',
};

/** A dashboard of ours: stable uid, tags, the menus to all others, and the choice of data source and cluster that each has. */
export function ownDashboard({ id, group, variables = [], clustersOf, ...rest }: OwnDashboard): Dashboard {
  const cluster: LabelVariable = { name: 'cluster', label: 'Cluster', series: clustersOf, of: 'cluster' };
  return { ...rest, uid: uidOf(id), tags: ['belfry', tagOf(group)], menus, variables: [cluster, ...variables] };
}

/** uid of the dashboard with this id. */
export function uidOf(id: string): string {
  return `belfry-${id}`;
}

const tagOf = (group: Group): string => `belfry-${group}`;

const menus: readonly Menu[] = (Object.keys(MENUS) as Group[]).map((group) => ({ title: MENUS[group], tag: tagOf(group) }));
