import { DATASOURCE, panelJson, type GridPosition, type Panel } from './panel.ts';

/** A variable that is offered as a list: the values of a label. */
export interface LabelVariable {
  readonly name: string;
  readonly label: string;
  /** The series whose label values are offered. */
  readonly series: string;
  readonly of: string;
}

/** A row of panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard before it is JSON. */
export interface Dashboard {
  /** Stable and unique in a Grafana; at most 40 characters of [a-zA-Z0-9_-]. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly LabelVariable[];
  readonly rows: readonly Row[];
}

const COLUMNS = 24;

/** The dashboard as minified classic JSON (schemaVersion 39), which every Grafana since 10 reads from files. */
export function dashboardJson(dashboard: Dashboard): string {
  return JSON.stringify({
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: dashboard.tags,
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [datasourceVariable, ...dashboard.variables.map(labelVariable)] },
    annotations: { list: [] },
    links: [],
    panels: layOut(dashboard.rows),
  });
}

const datasourceVariable = { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0, refresh: 1, current: {}, options: [] };

function labelVariable({ name, label, series, of }: LabelVariable): object {
  const query = `label_values(${series}, ${of})`;
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: 'StandardVariableQuery' },
    // 2: look again whenever the time range changes.
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
    hide: 0,
  };
}

/** Headings and panels in reading order, each where there is room next. */
function layOut(rows: readonly Row[]): object[] {
  const laidOut: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    laidOut.push({ id: laidOut.length + 1, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] });
    y += 1;
    const places = flow(panels, y);
    panels.forEach((panel, index) => {
      const place = places[index];
      if (place) laidOut.push(panelJson(panel, laidOut.length + 1, place));
    });
    y = Math.max(y, ...places.map((place) => place.y + place.h));
  }
  return laidOut;
}

/** Lines of panels from the left, the next line below the tallest of the one before. */
function flow(panels: readonly Panel[], top: number): GridPosition[] {
  let x = 0;
  let y = top;
  let tallest = 0;
  return panels.map(({ width, height }) => {
    if (x + width > COLUMNS) {
      x = 0;
      y += tallest;
      tallest = 0;
    }
    const place = { x, y, w: width, h: height };
    x += width;
    tallest = Math.max(tallest, height);
    return place;
  });
}
