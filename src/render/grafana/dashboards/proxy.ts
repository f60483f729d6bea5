import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { toNode } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { answeringTile, clientPanels, programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const PROXY = of(JOBS.proxy);
const links = [toNode];

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: nodes know of new endpoints within seconds. Where one is behind, Services on it lead to pods that are gone.',
  panels: [
    silentTile('Proxies', PROXY),
    answeringTile('Proxies', PROXY),
    stat({
      title: 'Change to rules',
      description: 'From a change of a Service or its endpoints to rules on the slowest node: 99 of 100 changes are faster.',
      queries: [{ expr: `max(${quantile(0.99, `kubeproxy_network_programming_duration_seconds_bucket{${PROXY}}`, 'instance')})` }],
      look: { unit: 's', warnFrom: 10, alarmFrom: 60 },
    }),
    stat({
      title: 'Rules take',
      description: 'Time that 99 of 100 rounds of writing rules take at most, on the slowest node.',
      queries: [{ expr: `max(${quantile(0.99, `kubeproxy_sync_proxy_rules_duration_seconds_bucket{${PROXY}}`, 'instance')})` }],
      look: { unit: 's', warnFrom: 2, alarmFrom: 20 },
    }),
    stat({
      title: 'Behind',
      description: 'Since when the oldest change waits that a proxy has not written yet.',
      queries: [{ expr: `max(clamp_min(kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{${PROXY}} - kubeproxy_sync_proxy_rules_last_timestamp_seconds{${PROXY}}, 0))` }],
      look: { unit: 's', warnFrom: 30, alarmFrom: 120 },
    }),
    stat({
      title: 'Writes that failed',
      description: 'Rounds in the last hour in which the kernel did not take the rules.',
      queries: [{ expr: orZero(`sum(increase(kubeproxy_sync_proxy_rules_iptables_restore_failures_total{${PROXY}}[1h]))`, `up{${PROXY}}`) }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
  ],
};

const rules: Row = {
  title: 'Rules',
  text: 'The time grows with the number of Services and endpoints, and with how often they change.',
  panels: [
    timeseries({ title: 'Change to rules by node', description: 'Time that 99 of 100 changes take at most.', queries: [{ expr: quantile(0.99, `kubeproxy_network_programming_duration_seconds_bucket{${PROXY}}`, 'node'), legend: '{{node}}' }], look: { unit: 's', min: 0 }, links }),
    timeseries({ title: 'Rules take, by node', description: 'Time that 99 of 100 rounds take at most.', queries: [{ expr: quantile(0.99, `kubeproxy_sync_proxy_rules_duration_seconds_bucket{${PROXY}}`, 'node'), legend: '{{node}}' }], look: { unit: 's', min: 0 }, links }),
    timeseries({ title: 'Rounds', description: 'Rounds of writing rules a second.', queries: [{ expr: `sum by (node) (rate(kubeproxy_sync_proxy_rules_duration_seconds_count{${PROXY}}${RATE}))`, legend: '{{node}}' }], look: { unit: 'ops', min: 0 }, links }),
    timeseries({
      title: 'Changes',
      description: 'Changes a second of endpoints and of Services that reach each node.',
      queries: [
        { expr: `sum by (node) (rate(kubeproxy_sync_proxy_rules_endpoint_changes_total{${PROXY}}${RATE}))`, legend: '{{node}} endpoints' },
        { expr: `sum by (node) (rate(kubeproxy_sync_proxy_rules_service_changes_total{${PROXY}}${RATE}))`, legend: '{{node}} Services' },
      ],
      look: { unit: 'ops', min: 0 },
      links,
    }),
  ],
};

const client: Row = { title: 'As a client of the API server', collapsed: true, text: 'It hears of changes by watches; requests are few.', panels: clientPanels(PROXY, '{{instance}}') };

/** kube-proxy: do nodes know where Services lead. */
export const proxy = ownDashboard({
  id: 'proxy',
  title: 'Proxy',
  description: 'kube-proxy: whether the nodes know where Services lead, and how soon after a change.',
  group: 'control-plane',
  clustersOf: `up{job="${JOBS.proxy}"}`,
  rows: [isItFine, rules, client, programRow(PROXY, '{{node}}')],
});
