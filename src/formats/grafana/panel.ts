import { compact } from '../../lib/compact.ts';

/** Where a panel lies: Grafana's grid is 24 wide. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** One query of a panel; `legend` may use {{label}}. */
export interface Query {
  readonly expr: string;
  readonly legend?: string;
  /** The value now, not over time. */
  readonly instant?: boolean;
}

/** How values are written: a unit of Grafana's (`percentunit`, `bytes`, `s` ...), and where colours change. */
export interface Look {
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  /** Values from which on it is orange, and red. */
  readonly warnFrom?: number;
  readonly alarmFrom?: number;
  readonly stack?: boolean;
}

/** A panel before it has its place and number. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: 'timeseries' | 'stat' | 'table';
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  readonly look: Look;
}

/** The data source that the dashboard's variable names. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

type Words = Pick<Panel, 'title' | 'description' | 'queries'> & { readonly look?: Look; readonly width?: number };

/** Values over time, as lines. */
export function timeseries({ width = 12, look = {}, ...words }: Words): Panel {
  return { ...words, type: 'timeseries', width, height: 8, look };
}

/** One number, as of now. */
export function stat({ width = 4, look = {}, queries, ...words }: Words): Panel {
  return { ...words, queries: queries.map((query) => ({ ...query, instant: true })), type: 'stat', width, height: 4, look };
}

/** One row for each series, as of now. */
export function table({ width = 12, look = {}, queries, ...words }: Words): Panel {
  return { ...words, queries: queries.map((query) => ({ ...query, instant: true })), type: 'table', width, height: 8, look };
}

/** The panel in classic dashboard JSON (schemaVersion 39), with its number and place. */
export function panelJson(panel: Panel, id: number, gridPos: GridPosition): object {
  return {
    id,
    type: panel.type,
    title: panel.title,
    description: panel.description,
    datasource: DATASOURCE,
    gridPos,
    targets: panel.queries.map((query, index) => target(query, index, panel.type)),
    fieldConfig: { defaults: defaults(panel), overrides: [] },
    options: OPTIONS[panel.type],
    ...(panel.type === 'table' ? { transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }] } : {}),
  };
}

function target({ expr, legend = '', instant = false }: Query, index: number, type: Panel['type']): object {
  return {
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATASOURCE,
    expr,
    legendFormat: legend,
    instant,
    range: !instant,
    ...(type === 'table' ? { format: 'table' } : {}),
  };
}

function defaults({ look, type }: Panel): object {
  const { unit = 'short', min, max, decimals } = look;
  const isGraph = type === 'timeseries';
  return {
    ...compact({ unit, min, max, decimals }),
    thresholds: { mode: 'absolute', steps: thresholds(look) },
    color: { mode: isGraph ? 'palette-classic' : 'thresholds' },
    ...(isGraph ? { custom: lines(look) } : {}),
  };
}

function thresholds({ warnFrom, alarmFrom }: Look): object[] {
  return [
    { color: 'green', value: null },
    ...(warnFrom === undefined ? [] : [{ color: 'orange', value: warnFrom }]),
    ...(alarmFrom === undefined ? [] : [{ color: 'red', value: alarmFrom }]),
  ];
}

function lines({ stack = false }: Look): object {
  return { drawStyle: 'line', lineWidth: 1, fillOpacity: stack ? 30 : 8, showPoints: 'never', spanNulls: false, stacking: { mode: stack ? 'normal' : 'none' } };
}

const OPTIONS: Readonly<Record<Panel['type'], object>> = {
  timeseries: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } },
  stat: { colorMode: 'value', graphMode: 'none', justifyMode: 'auto', textMode: 'auto', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } },
  table: { showHeader: true, cellHeight: 'sm' },
};
