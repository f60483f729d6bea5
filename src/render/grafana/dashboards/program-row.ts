import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries, type Panel } from '../../../formats/grafana/panel.ts';
import { RATE } from './selector.ts';

/** The processes themselves: what they take. `series` is the inside of a selector, `legend` names one of them. */
export function programRow(series: string, legend: string): Row {
  return {
    title: 'The processes themselves',
    collapsed: true,
    text: 'Memory that only climbs, or a processor that is always busy, comes before a crash.',
    panels: [
      timeseries({ title: 'Memory', description: 'Resident memory.', queries: [{ expr: `process_resident_memory_bytes{${series}}`, legend }], look: { unit: 'bytes', min: 0 }, width: 8 }),
      timeseries({ title: 'CPU', description: 'Cores in use.', queries: [{ expr: `rate(process_cpu_seconds_total{${series}}${RATE})`, legend }], look: { min: 0 }, width: 8 }),
      timeseries({ title: 'Goroutines', description: 'Tasks within the process: a number that only climbs is a leak.', queries: [{ expr: `go_goroutines{${series}}`, legend }], look: { min: 0, decimals: 0 }, width: 8 }),
    ],
  };
}

/** A tile with how many of a job's targets answer; red where one does not. */
export function silentTile(what: string, series: string): Panel {
  return stat({
    title: 'Not answering',
    description: `${what} that did not answer their last scrape.`,
    queries: [{ expr: `count(up{${series}}) - sum(up{${series}})` }],
    look: { decimals: 0, alarmFrom: 1 },
  });
}

/** A tile with how many there are: none is told apart from "fine". */
export function answeringTile(what: string, series: string): Panel {
  return stat({ title: 'Answering', description: `${what} that answered their last scrape.`, queries: [{ expr: `sum(up{${series}})` }], look: { decimals: 0, alarmBelow: 1 } });
}

/** Requests of a client of the API server: many with errors mean that it cannot do its work. */
export function clientPanels(series: string, legend: string): Panel[] {
  return [
    timeseries({
      title: 'Requests to the API server',
      description: 'Requests a second by answer.',
      queries: [{ expr: `sum by (code) (rate(rest_client_requests_total{${series}}${RATE}))`, legend: '{{code}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
    timeseries({
      title: 'Requests that failed',
      description: 'Requests a second that ended in a server error or in none at all.',
      queries: [{ expr: `sum by (instance, method) (rate(rest_client_requests_total{${series},code=~"5..|<error>"}${RATE})) > 0`, legend: `${legend} {{method}}` }],
      look: { unit: 'reqps', min: 0 },
    }),
  ];
}
