import type { RuleCase } from './rule-case.ts';

const of = (pod = 'belfry-0', more = ''): string => `job="belfry",namespace="belfry-system",pod="${pod}"${more && `,${more}`}`;
const requests = (code: string, values: string) => ({ [`belfry_api_requests_total{${of('belfry-0', `verb="apply",resource="configmaps",code="${code}"`)}}`]: values });
const passes = (outcome: string, values: string) => ({ [`belfry_reconcile_total{${of('belfry-0', `outcome="${outcome}"`)}}`]: values });

/** Alerts about the operator itself. */
export const OPERATOR_CASES: readonly RuleCase[] = [
  { alert: 'BelfryDown', at: '15m', series: { [`up{${of()}}`]: '0x60' } },
  { alert: 'BelfryDown', at: '15m', series: {} },
  { alert: 'BelfryDown', at: '5m', count: 0, says: 'a roll-out takes a moment', series: { [`up{${of()}}`]: '0x60' } },
  { alert: 'BelfryDown', at: '15m', count: 0, says: 'one replica answers', series: { [`up{${of()}}`]: '0x60', [`up{${of('belfry-1')}}`]: '1x60' } },

  { alert: 'BelfryNoLeader', at: '10m', series: { [`belfry_leader{${of()}}`]: '0x60', [`belfry_leader{${of('belfry-1')}}`]: '0x60' } },
  { alert: 'BelfryNoLeader', at: '10m', count: 0, says: 'another one leads', series: { [`belfry_leader{${of()}}`]: '0x60', [`belfry_leader{${of('belfry-1')}}`]: '1x60' } },

  { alert: 'BelfryNotReconciling', at: '20m', series: { [`belfry_queue_oldest_seconds{${of()}}`]: '0+60x60' } },
  { alert: 'BelfryNotReconciling', at: '20m', count: 0, says: 'waits of a minute are a busy day', series: { [`belfry_queue_oldest_seconds{${of()}}`]: '60x60' } },

  { alert: 'BelfryReconcileFailing', at: '40m', series: passes('retry', '0+1x60') },
  { alert: 'BelfryReconcileFailing', at: '40m', series: passes('exception', '0+1x60') },
  { alert: 'BelfryReconcileFailing', at: '40m', count: 0, says: 'the API server restarted once', series: passes('retry', '0 5x60') },

  { alert: 'BelfryConfigNotLive', at: '30m', series: { [`belfry_config_unconfirmed_since_timestamp_seconds{${of('belfry-0', 'stack="shop/shop"')}}`]: '60x60' } },
  { alert: 'BelfryConfigNotLive', at: '30m', count: 0, says: 'all have confirmed', series: { [`belfry_config_unconfirmed_since_timestamp_seconds{${of('belfry-0', 'stack="shop/shop"')}}`]: '0x60' } },
  { alert: 'BelfryConfigNotLive', at: '30m', count: 0, says: 'it changes all the time', series: { [`belfry_config_unconfirmed_since_timestamp_seconds{${of('belfry-0', 'stack="shop/shop"')}}`]: '60+60x60' } },

  { alert: 'BelfryResourcesRejected', at: '90m', series: { [`belfry_objects{${of('belfry-0', 'kind="ScrapeTarget",state="rejected"')}}`]: '2x100' } },
  { alert: 'BelfryResourcesRejected', at: '90m', count: 0, says: 'none is', series: { [`belfry_objects{${of('belfry-0', 'kind="ScrapeTarget",state="rejected"')}}`]: '0x100', [`belfry_objects{${of('belfry-0', 'kind="ScrapeTarget",state="live"')}}`]: '9x100' } },

  { alert: 'BelfryWatchBroken', at: '30m', series: { [`belfry_watch_last_contact_timestamp_seconds{${of('belfry-0', 'resource="pods"')}}`]: '60x60', [`belfry_leader{${of()}}`]: '1x60' } },
  { alert: 'BelfryWatchBroken', at: '30m', count: 0, says: 'who stands by watches nothing', series: { [`belfry_watch_last_contact_timestamp_seconds{${of('belfry-0', 'resource="pods"')}}`]: '60x60', [`belfry_leader{${of()}}`]: '0x60' } },

  { alert: 'BelfryWatchMissedEvents', at: '30m', series: { [`belfry_watch_missed_events_total{${of('belfry-0', 'resource="pods"')}}`]: '0x10 1x60' } },
  { alert: 'BelfryWatchMissedEvents', at: '30m', count: 0, says: 'none since long', series: { [`belfry_watch_missed_events_total{${of('belfry-0', 'resource="pods"')}}`]: '4x60' } },

  { alert: 'BelfryApiErrors', at: '30m', series: { ...requests('200', '0+60x60'), ...requests('503', '0+20x60') } },
  { alert: 'BelfryApiErrors', at: '30m', series: { ...requests('200', '0+60x60'), ...requests('0', '0+20x60') } },
  { alert: 'BelfryApiErrors', at: '30m', count: 0, says: 'a conflict is no error of the server', series: { ...requests('200', '0+60x60'), ...requests('409', '0+20x60') } },

  { alert: 'BelfryForbidden', at: '40m', series: requests('403', '0+4x60') },
  { alert: 'BelfryForbidden', at: '40m', count: 0, says: 'it was allowed meanwhile', series: requests('403', '0 4x60') },
];
