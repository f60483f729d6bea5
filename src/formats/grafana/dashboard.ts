import {
  DashboardBuilder, DashboardCursorSync, DashboardLinkBuilder, DashboardLinkType, DatasourceVariableBuilder, QueryVariableBuilder, RowBuilder, VariableRefresh,
  VariableSort, type DashboardLink,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { COLUMNS, layout } from './layout.ts';
import { DATASOURCE, panelBuilder, type Builder } from './panel-builder.ts';
import { note, type Panel } from './panel.ts';

/** A variable that is offered as a list: the values of a label. */
export interface LabelVariable {
  readonly name: string;
  readonly label: string;
  /** The series whose label values are offered: a selector, which Prometheus answers from its index. */
  readonly series?: string;
  /** Instead: an expression, whose value now is looked at. */
  readonly computed?: string;
  /** The label. */
  readonly of: string;
  /** One at a time, and not all: for dashboards about one thing. Default: any number of them. */
  readonly choice?: 'one' | 'any';
}

/** A row of panels under a heading. */
export interface Row {
  readonly title: string;
  /** What it tells, in Markdown: shown above the panels. */
  readonly text?: string;
  /** Closed until one opens it; its queries are not asked before. */
  readonly collapsed?: boolean;
  readonly panels: readonly Panel[];
}

/** A list of dashboards behind a button at the top: those that carry the tag. */
export interface Menu {
  readonly title: string;
  readonly tag: string;
}

/** A dashboard before it is JSON. */
export interface Dashboard {
  /** Stable and unique in a Grafana; at most 40 characters of [a-zA-Z0-9_-]. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly menus: readonly Menu[];
  readonly variables: readonly LabelVariable[];
  readonly rows: readonly Row[];
}

/**
 * The dashboard as minified classic JSON, which Grafana reads from files since 10. It is made by Grafana's own
 * grafana-foundation-sdk, so that names and values of fields are Grafana's.
 */
export function dashboardJson(dashboard: Dashboard): string {
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.description)
    .tags([...dashboard.tags])
    .version(1)
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .links(dashboard.menus.map(menu))
    .variables([new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'), ...dashboard.variables.map(variable)]);
  addRows(builder, dashboard.rows);
  return JSON.stringify(builder.build());
}

function menu({ title, tag }: Menu): Builder<DashboardLink> {
  const { placement, ...link } = new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Dashboards)
    .icon('external link')
    .tags([tag])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
    .build();
  void placement; // in the open, not behind the menu of controls
  return { build: () => link };
}

function variable({ name, label, series = '', computed, of, choice = 'any' }: LabelVariable): QueryVariableBuilder {
  const query = computed === undefined ? `label_values(${series}, ${of})` : `query_result(${computed})`;
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .definition(query)
    .query({ query, refId: 'StandardVariableQuery' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
  if (computed !== undefined) builder.regex(`/${of}="([^"]+)"/`);
  if (choice === 'one') return builder.multi(false).includeAll(false);
  return builder.multi(true).includeAll(true).allValue('.*').current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** Headings and panels in reading order, each where there is room next. */
function addRows(builder: DashboardBuilder, rows: readonly Row[]): void {
  let y = 0;
  let id = 0;
  for (const { title, text, collapsed = false, panels } of rows) {
    const all = text === undefined ? panels : [note(text), ...panels];
    const row = new RowBuilder(title).id((id += 1)).collapsed(collapsed).gridPos({ x: 0, y, w: COLUMNS, h: 1 });
    const places = layout(all, y + 1);
    const placed = all.flatMap((panel, index) => {
      const place = places[index];
      return place ? [panelBuilder(panel, (id += 1), place)] : [];
    });
    if (collapsed) for (const panel of placed) row.withPanel(panel);
    builder.withRow(row);
    if (!collapsed) for (const panel of placed) builder.withPanel(panel);
    y = Math.max(y + 1, ...places.map((place) => place.y + place.h));
  }
}
