import { keyOf, refOf, type KubeObject, type ObjectRef } from '../../../src/api/kube-object.ts';
import type { ApplyOptions, Cluster, ListOptions, ObjectList, PodRequest, ResourceType, WatchEvent, WatchOptions } from '../../../src/kube/cluster.ts';
import { count } from './contender.ts';
import { healthyOf, jobsAsked, sumsOf } from './healthy.ts';

type Waiter = (event: WatchEvent) => void;

/**
 * An API server that costs next to nothing: it remembers objects, gives them versions, and tells watches. No ownership, no
 * validation, no defaults; for measuring what is around it, never for tests of behaviour.
 */
export class RememberingCluster implements Cluster {
  /** Requests that stored something. */
  writes = 0;
  readonly writesByKind = new Map<string, number>();
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #markers = new Set<string>();
  readonly #jobsIn = new Map<string, number>();
  readonly #healthy: string;
  readonly #jobs: number;
  #version = 1;
  #taken = 0;

  /** @param jobs how many targets its Prometheus shows, all of them up */
  constructor(jobs: number) {
    this.#jobs = jobs;
    this.#healthy = healthyOf(Array.from({ length: jobs }, (_, index) => index));
  }

  /** Creates or changes an object as a user would. */
  put(object: KubeObject): void {
    this.#store(object);
  }

  /** The Pod of the stack's Prometheus, running and ready. */
  putReplica(): void {
    this.put({
      apiVersion: 'v1', kind: 'Pod',
      metadata: { name: 'prometheus-scale-0', namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/managed-by': 'belfry', 'belfry.dev/stack': 'scale' } },
      status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'prometheus', restartCount: 0, containerID: 'x' }] },
    });
  }

  /** Writes since it was last asked. */
  takeWrites(): number {
    const taken = this.writes - this.#taken;
    this.#taken = this.writes;
    return taken;
  }

  /** How many ScrapeTargets' jobs are in what was written. */
  jobs(): number {
    let jobs = 0;
    for (const found of this.#jobsIn.values()) jobs += found;
    return jobs;
  }

  read(ref: ObjectRef): Promise<KubeObject | undefined> {
    return Promise.resolve(this.#of(ref).get(keyOfRef(ref)));
  }

  list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    const items = [...this.#of(type).values()].filter((object) => matches(object, options));
    return Promise.resolve({ items, resourceVersion: String(this.#version) });
  }

  apply(object: KubeObject, { dryRun = false }: ApplyOptions = {}): Promise<KubeObject> {
    if (dryRun) return Promise.resolve({ ...this.#of(object).get(keyOf(object)), ...object });
    return Promise.resolve(this.#write('apply', object));
  }

  delete(ref: ObjectRef): Promise<boolean> {
    return Promise.resolve(this.#of(ref).delete(keyOfRef(ref)));
  }

  writeStatus(ref: ObjectRef, status: object): Promise<KubeObject> {
    return Promise.resolve(this.#write('status', { ...this.#must(ref), status }));
  }

  patchMetadata(ref: ObjectRef, metadata: object): Promise<KubeObject> {
    const object = this.#must(ref);
    const { annotations = {} } = metadata as { annotations?: object };
    return Promise.resolve(this.#write('patch', { ...object, metadata: { ...object.metadata, ...metadata, annotations: { ...object.metadata.annotations, ...annotations } } }));
  }

  create(object: KubeObject): Promise<KubeObject> {
    return Promise.resolve(this.#write('create', object));
  }

  replace(object: KubeObject): Promise<KubeObject> {
    return Promise.resolve(this.#write('replace', object));
  }

  async *watch({ apiVersion, kind }: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent> {
    const events: WatchEvent[] = [];
    let wake: () => void = () => undefined;
    options.signal.addEventListener('abort', () => wake(), { once: true });
    const waiters = this.#waitersOf({ apiVersion, kind });
    waiters.add((event) => {
      if (event.type === 'BOOKMARK' || !matches(event.object, options)) return;
      events.push(event);
      wake();
    });
    while (!options.signal.aborted) {
      const event = events.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  async podRequest({ path }: PodRequest): Promise<{ readonly status: number; readonly body: string }> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (path.startsWith('/api/v1/rules')) {
      const names = new URL(path, 'http://x').searchParams.getAll('rule_group[]').filter((name) => this.#markers.has(name));
      return { status: 200, body: JSON.stringify({ status: 'success', data: { groups: names.map((name) => ({ name })) } }) };
    }
    const query = new URL(path, 'http://x').searchParams.get('query') ?? '';
    if (query.startsWith('label_replace')) return { status: 200, body: sumsOf(this.#jobs) };
    if (query.endsWith('(up == 1)')) return { status: 200, body: this.#healthy };
    if (query.endsWith('== 1)')) return { status: 200, body: healthyOf(jobsAsked(query)) };
    return { status: 200, body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } }) };
  }

  serverVersion(): Promise<string> {
    return Promise.resolve('v1.34.4');
  }

  resourceTypes(): Promise<readonly ResourceType[]> {
    return Promise.resolve([]);
  }

  #must(ref: ObjectRef): KubeObject {
    const object = this.#of(ref).get(keyOfRef(ref));
    if (!object) throw new Error(`no ${ref.kind} ${keyOfRef(ref)}`);
    return object;
  }

  #write(verb: string, object: KubeObject): KubeObject {
    this.writes += 1;
    const what = `${verb} ${object.kind}`;
    this.writesByKind.set(what, (this.writesByKind.get(what) ?? 0) + 1);
    return this.#store(object);
  }

  #store(object: KubeObject): KubeObject {
    const all = this.#of(object);
    const old = all.get(keyOf(object));
    this.#version += 1;
    const generation = (old?.metadata.generation ?? 0) + (JSON.stringify(old?.['spec']) === JSON.stringify(object['spec']) ? 0 : 1);
    const stored = {
      ...object,
      ...('status' in object || !old || !('status' in old) ? {} : { status: old['status'] }),
      metadata: { ...old?.metadata, ...object.metadata, uid: old?.metadata.uid ?? `uid-${this.#version}`, resourceVersion: String(this.#version), ...(object.apiVersion === 'v1' ? {} : { generation: Math.max(1, generation) }) },
    };
    all.set(keyOf(object), stored);
    if (object.kind === 'ConfigMap') this.#remember(object);
    for (const tell of this.#waitersOf(object)) tell({ type: old ? 'MODIFIED' : 'ADDED', object: stored });
    return stored;
  }

  #remember(object: KubeObject): void {
    this.#jobsIn.set(keyOf(object), count(JSON.stringify(object['data'] ?? {}), 'job_name: scrapetarget/'));
    for (const text of Object.values((object['data'] ?? {}) as Record<string, string>)) {
      const marker = /belfry-config\/[^\s"']+/.exec(text)?.[0];
      if (marker !== undefined) setTimeout(() => this.#markers.add(marker), 700);
    }
  }

  #of({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Map<string, KubeObject> {
    const key = `${apiVersion}/${kind}`;
    const known = this.#objects.get(key) ?? new Map<string, KubeObject>();
    this.#objects.set(key, known);
    return known;
  }

  #waitersOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Set<Waiter> {
    const key = `${apiVersion}/${kind}`;
    const known = this.#waiters.get(key) ?? new Set<Waiter>();
    this.#waiters.set(key, known);
    return known;
  }
}

function keyOfRef(ref: ObjectRef): string {
  return keyOf({ metadata: ref });
}

function matches(object: KubeObject, { namespace, labelSelector }: ListOptions): boolean {
  if (namespace !== undefined && refOf(object).namespace !== namespace) return false;
  return labelSelector === undefined || labelSelector.split(',').every((pair) => {
    const [key = '', value = ''] = pair.split('=');
    return object.metadata.labels?.[key] === value;
  });
}
