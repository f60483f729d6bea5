import type { Condition } from '../api/conditions.ts';
import { FINALIZER, LABEL_MANAGED_BY, MANAGED_BY } from '../api/group.ts';
import { refKey, refOf, type KubeObject } from '../api/kube-object.ts';
import { EventRecorder } from '../kube/events.ts';
import { Controller } from '../reconcile/controller.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import type { Logger } from '../telemetry/log.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeCluster } from './fake-cluster.ts';

const OURS = ['MonitoringStack', 'ScrapeTarget', 'AlertPolicy'];

/** An operator on a fake cluster in a time of its own: half an hour of it takes a moment. */
export class OperatorWorld {
  readonly cluster: FakeCluster;
  readonly clock: FakeClock;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  #controller: Controller | undefined;

  constructor(objects: Iterable<KubeObject> = [], options: { readonly clock?: FakeClock; readonly log?: Logger; readonly metrics?: Metrics } = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.#log = options.log ?? silentLog;
    this.#metrics = options.metrics ?? createMetrics({ process: false });
    this.cluster = new FakeCluster(objects, { now: () => this.clock.now() });
  }

  /** Starts the operator; it has begun to work when this resolves, unless the cluster does not answer. */
  async start(): Promise<void> {
    const { cluster, clock } = this;
    this.#controller = new Controller({
      cluster, clock, operatorNamespace: 'belfry-system', log: this.#log, metrics: this.#metrics,
      events: new EventRecorder(cluster, { clock }), newPassword: () => 'secret-password',
    });
    void this.#controller.start();
    await clock.advance(0);
  }

  /** Ends the operator as a signal would; what it knew is lost. */
  async stop(): Promise<void> {
    const stopped = this.#controller?.stop();
    // Requests under way may wait for a timer.
    await this.clock.advance(1);
    await stopped;
    this.#controller = undefined;
  }

  /** What /healthz would say of it. */
  unhealthiness(): string | undefined {
    return this.#controller?.unhealthiness();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** What the garbage collector does some time later: what was written for an owner that is gone goes too. */
  collectGarbage(): void {
    const uids = new Set(this.cluster.all().map(({ metadata }) => metadata.uid));
    for (const object of this.cluster.all()) {
      const { ownerReferences = [] } = object.metadata;
      if (ownerReferences.length > 0 && ownerReferences.every(({ uid }) => !uids.has(uid))) this.cluster.remove(refOf(object));
    }
  }

  /** What users made: everything that is not ours, as they wrote it, without status and what the operator put on it. */
  usersObjects(): KubeObject[] {
    return this.cluster.all().filter((object) => object.kind !== 'Event' && !isOurs(object)).map(asWritten);
  }

  /** What the operator wrote, without what differs from one cluster to the next, by `Kind/namespace/name`. */
  written(): Record<string, unknown> {
    return Object.fromEntries(this.cluster.all().filter(isOurs).map((object) => [refKey(refOf(object)), comparable(object)]));
  }

  /** What the statuses of all resources of ours say, without times, by `Kind/namespace/name`. */
  statuses(): Record<string, unknown> {
    const resources = this.cluster.all().filter(({ kind }) => OURS.includes(kind));
    return Object.fromEntries(resources.map((object) => [refKey(refOf(object)), timeless(object['status'])]));
  }

  /** The condition of one resource, by `Kind/namespace/name`. */
  condition(key: string, type: string): Condition | undefined {
    const object = this.cluster.all(key.slice(0, key.indexOf('/'))).find((one) => refKey(refOf(one)) === key);
    return (object?.['status'] as { conditions?: Condition[] } | undefined)?.conditions?.find((one) => one.type === type);
  }

  /** Requests that stored something or tried to, but for Events: `verb Kind/namespace/name`. */
  writes(): string[] {
    return this.cluster.writes.filter(({ kind }) => kind !== 'Event').map(({ verb, key }) => `${verb} ${key}`);
  }
}

function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY;
}

function asWritten(object: KubeObject): KubeObject {
  const { status: _status, metadata: { resourceVersion: _version, creationTimestamp: _created, finalizers = [], ...metadata }, ...rest } = object;
  const kept = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  return { ...rest, metadata: { ...metadata, ...(kept.length > 0 ? { finalizers: kept } : {}) } } as KubeObject;
}

function comparable({ metadata, ...rest }: KubeObject): unknown {
  const { name, namespace, labels, annotations, ownerReferences } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations, ownerReferences } };
}

/** A status without its times; a duration in a message is one as well. */
function timeless(status: unknown): unknown {
  const text = JSON.stringify(status ?? null, (key, value: unknown) => (key === 'lastTransitionTime' ? undefined : value));
  return JSON.parse(text.replace(/(\d{4}-\d\d-\d\dT)?\d\d:[\d:.]+Z/g, 'TIME').replace(/\bfor \d+[smh]\b/g, 'for SOME TIME')) as unknown;
}
