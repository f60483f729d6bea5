import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Where the numbers behind a gauge come from; asked at each scrape. */
export type Source = () => number;

/** Every metric of the operator. Names are public contract; docs/reference/metrics.md lists them. */
export interface Metrics {
  readonly registry: Registry;
  readonly reconcileTotal: Counter<'outcome'>;
  readonly reconcileDuration: Histogram;
  readonly reconcileStage: Histogram<'stage'>;
  readonly apiRequests: Counter<'verb' | 'resource' | 'code'>;
  readonly apiRequestDuration: Histogram<'verb'>;
  readonly watchRestarts: Counter<'resource' | 'reason'>;
  readonly watchMissedEvents: Counter<'resource'>;
  readonly watchEvents: Counter<'resource' | 'type'>;
  readonly watchLastContact: Gauge<'resource'>;
  readonly cachedObjects: Gauge<'resource'>;
  readonly objects: Gauge<'kind' | 'state'>;
  readonly configBytes: Gauge<'stack'>;
  readonly liveConfirmations: Counter<'component' | 'result'>;
  readonly liveDelay: Histogram<'component'>;
  readonly eventsDropped: Counter;
  readonly leader: Gauge;
  /** Shows this queue's depth and the age of its oldest key from now on. */
  watchQueue(queue: QueueFacts): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function reconcileMetrics(registers: Registry[]) {
  return {
    reconcileTotal: new Counter({
      name: 'belfry_reconcile_total',
      help: 'Reconciles, by outcome: success, retry (it will be tried again) or exception (a bug).',
      labelNames: ['outcome'],
      registers,
    }),
    reconcileDuration: new Histogram({
      name: 'belfry_reconcile_duration_seconds',
      help: 'How long one reconcile took.',
      buckets: SECONDS,
      registers,
    }),
    reconcileStage: new Histogram({
      name: 'belfry_reconcile_stage_duration_seconds',
      help: 'How long one stage of a reconcile took: gather, render, diff, apply, status.',
      labelNames: ['stage'],
      buckets: SECONDS,
      registers,
    }),
    objects: new Gauge({
      name: 'belfry_objects',
      help: 'Our resources, by kind and by what their Ready condition says.',
      labelNames: ['kind', 'state'],
      registers,
    }),
    configBytes: new Gauge({
      name: 'belfry_config_bytes',
      help: 'Size of the Prometheus configuration of a stack, all parts together.',
      labelNames: ['stack'],
      registers,
    }),
  } as const;
}

function liveMetrics(registers: Registry[]) {
  return {
    liveConfirmations: new Counter({
      name: 'belfry_live_confirmations_total',
      help: 'Questions to replicas whether a configuration is live, by result: confirmed, pending or error.',
      labelNames: ['component', 'result'],
      registers,
    }),
    liveDelay: new Histogram({
      name: 'belfry_live_delay_seconds',
      help: 'From the write of a configuration until every replica confirmed it.',
      labelNames: ['component'],
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
      registers,
    }),
    eventsDropped: new Counter({
      name: 'belfry_events_dropped_total',
      help: 'Kubernetes Events that were not recorded because an object had too many, or because writing them failed.',
      registers,
    }),
    leader: new Gauge({
      name: 'belfry_leader',
      help: '1 where this replica leads, 0 where it stands by.',
      registers,
    }),
  } as const;
}

function apiMetrics(registers: Registry[]) {
  return {
    apiRequests: new Counter({
      name: 'belfry_api_requests_total',
      help: 'Requests to the API server, by verb, resource and status code; code 0 where there was no answer.',
      labelNames: ['verb', 'resource', 'code'],
      registers,
    }),
    apiRequestDuration: new Histogram({
      name: 'belfry_api_request_duration_seconds',
      help: 'How long the API server took to answer, watches left out.',
      labelNames: ['verb'],
      buckets: SECONDS,
      registers,
    }),
    watchRestarts: new Counter({
      name: 'belfry_watch_restarts_total',
      help: 'Watches that ended and were begun again, by reason: ended, silent, gone, throttled, error.',
      labelNames: ['resource', 'reason'],
      registers,
    }),
    watchMissedEvents: new Counter({
      name: 'belfry_watch_missed_events_total',
      help: 'Changes found by a periodic list that no watch had told of.',
      labelNames: ['resource'],
      registers,
    }),
    watchEvents: new Counter({
      name: 'belfry_watch_events_total',
      help: 'Changes that a watch told of.',
      labelNames: ['resource', 'type'],
      registers,
    }),
    watchLastContact: new Gauge({
      name: 'belfry_watch_last_contact_timestamp_seconds',
      help: 'When the API server was last heard on a watch, bookmarks included.',
      labelNames: ['resource'],
      registers,
    }),
    cachedObjects: new Gauge({
      name: 'belfry_cached_objects',
      help: 'Objects that the operator keeps in memory.',
      labelNames: ['resource'],
      registers,
    }),
  } as const;
}

interface QueueFacts {
  readonly depth: number;
  oldestAgeMs(): number;
}

/** Registers the gauges of the queue, and answers with what shows another one in them: there is one for each term of a leader. */
function queueMetrics(registers: Registry[]): (queue: QueueFacts) => void {
  let shown: QueueFacts = { depth: 0, oldestAgeMs: () => 0 };
  void new Gauge({
    name: 'belfry_queue_depth',
    help: 'Keys that wait for their reconcile.',
    registers,
    collect() {
      this.set(shown.depth);
    },
  });
  void new Gauge({
    name: 'belfry_queue_oldest_seconds',
    help: 'Age of the key that has waited longest for its reconcile.',
    registers,
    collect() {
      this.set(shown.oldestAgeMs() / 1000);
    },
  });
  return (queue) => {
    shown = queue;
  };
}

/** The operator's metrics in a registry of their own; Node's process metrics are among them where asked. */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process ?? true) collectDefaultMetrics({ register: registry });
  return {
    registry,
    ...reconcileMetrics(registers),
    ...liveMetrics(registers),
    ...apiMetrics(registers),
    watchQueue: queueMetrics(registers),
  };
}
