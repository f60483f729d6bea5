import { compact } from '../../lib/compact.ts';

/** A number in colours: what is at or beyond a limit is orange (warn) or red (alarm). Limits are values of the panel's unit. */
export interface Limits {
  readonly warnFrom?: number;
  readonly alarmFrom?: number;
  /** For values that should be high, like an availability. */
  readonly warnBelow?: number;
  readonly alarmBelow?: number;
}

/** How values are written: a unit of Grafana's (`percentunit`, `bytes`, `s` ...), where colours change, words instead of numbers. */
export interface Look extends Limits {
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  readonly stack?: boolean;
  /** What to write for a value, like 1: 'up'. */
  readonly words?: Readonly<Record<number, string>>;
}

/** One query of a panel; `legend` may use {{label}}. */
export interface Query {
  readonly expr: string;
  readonly legend?: string;
  /** The value now, not over time. */
  readonly instant?: boolean;
  /** In a table of several queries: the heading of its values, and how they are written. */
  readonly column?: { readonly title: string } & Look;
}

/** A way to another dashboard for what one looks at: a line, or a cell of the column of that name. */
export interface PanelLink {
  /** uid of the dashboard. */
  readonly to: string;
  readonly title: string;
  /** Labels of what one looks at that become variables there; their names are the same. */
  readonly labels: readonly string[];
  /** In a table: the column that carries the link. */
  readonly column?: string;
}

/** A panel before it has its place and number. */
export interface Panel {
  readonly title: string;
  /** What it shows and what it means; empty only for texts, which say so themselves. */
  readonly description: string;
  readonly type: 'timeseries' | 'stat' | 'table' | 'state-timeline' | 'node-graph' | 'text';
  /** In columns of 24, and in lines of 30 pixels. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  readonly look: Look;
  readonly links: readonly PanelLink[];
  /** Of a text: Markdown. */
  readonly content?: string;
  /** Of a table: the column that it is sorted by, greatest first. */
  readonly sortBy?: string;
}

type Words = Pick<Panel, 'title' | 'description' | 'queries'> & Partial<Pick<Panel, 'look' | 'width' | 'height' | 'links' | 'sortBy'>>;

/** Values over time, as lines. */
export function timeseries({ width = 12, height = 8, look = {}, links = [], ...words }: Words): Panel {
  return { ...words, type: 'timeseries', width, height, look, links };
}

/** One number, as of now. With limits it is a coloured tile that can be read from afar. */
export function stat({ width = 4, height = 4, look = {}, links = [], queries, ...words }: Words): Panel {
  return { ...words, queries: queries.map(now), type: 'stat', width, height, look, links };
}

/** One row for each series, as of now; several queries become columns, joined by their labels. */
export function table({ width = 12, height = 8, look = {}, links = [], queries, ...words }: Words): Panel {
  return { ...words, queries: queries.map(now), type: 'table', width, height, look, links };
}

/** One band for each series that shows from when to when it had which value: for few values with words. */
export function stateTimeline({ width = 24, height = 8, look = {}, links = [], ...words }: Words): Panel {
  return { ...words, type: 'state-timeline', width, height, look, links };
}

/**
 * Who is connected with whom, as of now: one query, whose series have labels `id`, `source` and `target`; their values are written
 * beside the arrows, and their sum in the circle that the arrows lead to. `unit` stands behind the number as it is written.
 */
export function nodeGraph({ width = 24, height = 16, look = {}, links = [], queries, ...words }: Words): Panel {
  return { ...words, queries: queries.map(now), type: 'node-graph', width, height, look, links };
}

/** A few words in Markdown over the full width. */
export function note(content: string): Panel {
  return { title: '', description: '', type: 'text', width: 24, height: 2, queries: [], look: {}, links: [], content };
}

function now(query: Query): Query {
  return { ...query, instant: true };
}

/** The limits of a look alone, for whoever asks whether there are any. */
export function limitsOf({ warnFrom, alarmFrom, warnBelow, alarmBelow }: Look): Limits {
  return compact({ warnFrom, alarmFrom, warnBelow, alarmBelow });
}
