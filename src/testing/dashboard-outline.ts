import type { Dashboard } from '../formats/grafana/dashboard.ts';
import type { Look, Panel } from '../formats/grafana/panel.ts';

/** A dashboard as a page that can be read in a review: what it asks, and how it shows it. `json` tells its size. */
export function dashboardOutline({ title, uid, description, tags, variables, rows }: Dashboard, json: string): string {
  return [
    `${title} (${uid}): ${description}`,
    `${Math.ceil(Buffer.byteLength(json) / 1024)} KiB, ${tags.join(' ')}`,
    ...variables.map(({ name, series, computed, choice = 'any' }) => `$${name} (${choice}): ${computed ?? series}`),
    ...rows.flatMap((row) => [``, `${row.collapsed === true ? '>' : 'v'} ${row.title}: ${row.text ?? ''}`, ...row.panels.flatMap(panelLines)]),
    '',
  ].join('\n');
}

function panelLines({ title, description, type, width, height, queries, look, links, sortBy }: Panel): string[] {
  return [
    `  [${type} ${width}x${height}] ${title}: ${description}${lookWords(look)}${sortBy === undefined ? '' : `, by ${sortBy}`}`,
    ...queries.map(({ expr, legend, column: { title: heading, ...own } = { title: '' } }) => `    ${legend === undefined ? heading : legend}${lookWords(own)}: ${expr}`),
    ...links.map(({ to, labels, column }) => `    -> ${to} ${labels.join(' ')}${column === undefined ? '' : ` from ${column}`}`),
  ];
}

function lookWords(look: Look): string {
  const words = Object.entries(look).map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  return words.length === 0 ? '' : ` {${words.join(', ')}}`;
}
