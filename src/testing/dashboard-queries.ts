import type { Dashboard } from '../formats/grafana/dashboard.ts';

/** An expression of a dashboard, and where it stands. */
export interface DashboardQuery {
  readonly at: string;
  readonly expr: string;
}

/** Everything that a dashboard asks Prometheus: its panels, and its variables. */
export function dashboardQueries({ uid, rows, variables }: Dashboard): DashboardQuery[] {
  return [
    ...rows.flatMap(({ panels }) => panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ at: `${uid}: ${title}`, expr })))),
    ...variables.map(({ name, series = '', computed = series }) => ({ at: `${uid}: variable ${name}`, expr: computed })),
  ];
}

/** A query as Prometheus gets it, Grafana having put in an interval, and of each variable the value given, else "All". */
export function asSent(query: string, values: Readonly<Record<string, string>> = {}): string {
  // $1 is a group of label_replace, and no variable of Grafana's.
  return query.replaceAll('$__rate_interval', '1m').replace(/\$(?!\d)\{?(\w+)\}?/g, (_, name: string) => values[name] ?? '.*');
}
