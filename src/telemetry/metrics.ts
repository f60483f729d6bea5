import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type GaugeConfiguration } from 'prom-client';

/** How many resources of a kind are in one state. */
export interface ObjectCount {
  readonly kind: string;
  readonly state: 'pending' | 'rejected' | 'accepted' | 'live';
  readonly count: number;
}

interface ContainerWords {
  readonly of: string;
  readonly words: string;
}

/** Every metric of the operator. Names are public contract; docs/reference/metrics.md lists them. */
export interface Metrics {
  readonly registry: Registry;
  readonly reconcileTotal: Counter<'outcome'>;
  readonly reconcileDuration: Histogram;
  readonly reconcileStage: Histogram<'stage'>;
  readonly writes: Counter<'kind' | 'operation'>;
  readonly apiRequests: Counter<'verb' | 'resource' | 'code'>;
  readonly apiRequestDuration: Histogram<'verb'>;
  readonly watchRestarts: Counter<'resource' | 'reason'>;
  readonly watchMissedEvents: Counter<'resource'>;
  readonly watchEvents: Counter<'resource' | 'type'>;
  readonly watchLastContact: Gauge<'resource'>;
  readonly watchLag: Histogram;
  readonly cachedObjects: Gauge<'resource'>;
  readonly configBytes: Gauge<'stack'>;
  readonly liveConfirmations: Counter<'component' | 'result'>;
  readonly liveDelay: Histogram;
  readonly unconfirmedSince: Gauge<'stack'>;
  readonly eventsDropped: Counter;
  readonly leader: Gauge;
  /** Shows this queue's depth and the age of its oldest key from now on. */
  watchQueue(queue: QueueFacts): void;
  /** Shows how many of our resources there are in each state, counted at each scrape, from now on. */
  watchObjects(count: () => Iterable<ObjectCount>): void;
  /** Shows what containers that crash said last, from now on. */
  watchLastWords(words: () => Iterable<ContainerWords>): void;
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
      help: 'How long one stage of a reconcile took: gather, render, apply (which compares, too).',
      labelNames: ['stage'],
      buckets: SECONDS,
      registers,
    }),
    writes: new Counter({
      name: 'belfry_writes_total',
      help: 'Objects of stacks that were written, by kind and operation: created, updated, deleted or failed.',
      labelNames: ['kind', 'operation'],
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
      help: 'From the write of a changed configuration until every replica confirmed it.',
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
      registers,
    }),
    unconfirmedSince: new Gauge({
      name: 'belfry_config_unconfirmed_since_timestamp_seconds',
      help: 'Since when a configuration waits for a replica to confirm it; 0 where all have.',
      labelNames: ['stack'],
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
    watchLag: new Histogram({
      name: 'belfry_watch_lag_seconds',
      help: 'From the answer to a write of ours until its watch told of it.',
      buckets: SECONDS,
      registers,
    }),
    watchMissedEvents: new Counter({
      name: 'belfry_watch_missed_events_total',
      help: 'Changes and deletions found by a periodic list that no watch had told of.',
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

/** A gauge that is set anew from a list at each scrape; answers with what tells it from which. */
function listGauge<T, L extends string>(about: GaugeConfiguration<L>, set: (gauge: Gauge<L>, item: T) => void): (list: () => Iterable<T>) => void {
  let shown: () => Iterable<T> = () => [];
  const gauge: Gauge<L> = new Gauge({
    ...about,
    collect() {
      gauge.reset();
      for (const item of shown()) set(gauge, item);
    },
  });
  return (list) => {
    shown = list;
  };
}

function listMetrics(registers: Registry[]): Pick<Metrics, 'watchObjects' | 'watchLastWords'> {
  return {
    watchObjects: listGauge({
      name: 'belfry_objects',
      help: 'Our resources by kind and by one state each: pending (not judged yet), rejected, accepted (not live yet, or not any more), live.',
      labelNames: ['kind', 'state'],
      registers,
    }, (gauge, { kind, state, count }: ObjectCount) => gauge.set({ kind, state }, count)),
    watchLastWords: listGauge({
      name: 'belfry_container_last_words',
      help: 'Always 1; the last line that a container (namespace/pod/container) about which KubePodCrashLooping is pending or fires left in the status of its pod. At most 20 of a stack.',
      labelNames: ['of', 'words'],
      registers,
    }, (gauge, { of, words }: ContainerWords) => gauge.set({ of, words }, 1)),
  };
}

/** Gauges that are called like counters, which linters refuse; the ones without `_total` say the same in more detail. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/**
 * How often the event loop's lag is looked at, in milliseconds; prom-client's ten would take more of a core than all else does
 * at rest. The lag that is reported counts from the look before, so it is never less than this.
 */
const LAG_EVERY_MS = 100;

function processMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_EVERY_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}

function buildInfo(registers: Registry[], version: string): void {
  const info = new Gauge({
    name: 'belfry_build_info',
    help: 'Always 1; the labels tell the release of the operator and of Node.js.',
    labelNames: ['version', 'node'],
    registers,
  });
  info.set({ version, node: process.version }, 1);
}

/** The operator's metrics in a registry of their own; Node's process metrics are among them where asked. */
export function createMetrics(options: { readonly process?: boolean; readonly version?: string } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process ?? true) processMetrics(registry);
  buildInfo(registers, options.version ?? 'unknown');
  return {
    registry,
    ...reconcileMetrics(registers),
    ...liveMetrics(registers),
    ...apiMetrics(registers),
    watchQueue: queueMetrics(registers),
    ...listMetrics(registers),
  };
}
