import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { FIELD_MANAGER } from '../api/group.ts';
import { refKey, refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import type {
  ApplyOptions, Cluster, ListOptions, ObjectList, PodRequest, ResourceType, WatchEvent, WatchOptions,
} from '../kube/cluster.ts';
import { KubeError, type KubeErrorKind } from '../kube/errors.ts';
import { normalObject } from '../kube/normal-object.ts';
import { knownResourceType, knownResourceTypes } from '../kube/resource-types.ts';
import {
  changedFields, fieldsOf, hasAtOrBelow, missingFields, overlay, toFieldsV1, valueAt, without, type Path,
} from './field-ownership.ts';
import { matchesFieldSelector, matchesLabelSelector } from './label-selector.ts';

export type Verb =
  | 'read' | 'list' | 'apply' | 'delete' | 'writeStatus' | 'patchMetadata' | 'create' | 'replace' | 'watch' | 'podRequest';

/** One request that somebody made. */
export interface Call {
  readonly verb: Verb;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  /** Absent for lists and watches. */
  readonly name: string | undefined;
  /** `Kind/namespace/name`. */
  readonly key: string;
  readonly dryRun: boolean;
  readonly force: boolean;
  /** What was sent, where something was. */
  readonly body: unknown;
}

/** How a request fails: with an error of a kind, never, or by losing the answer of what was done all the same. */
export type Fault = KubeErrorKind | 'hang' | 'lostAnswer' | KubeError;

type Json = Record<string, unknown>;
type Meta = KubeObject['metadata'] & { managedFields?: unknown };

interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: '' | 'status';
  readonly fields: Map<string, Path>;
}

interface Stored {
  readonly object: KubeObject;
  readonly managers: readonly Manager[];
}

interface LoggedEvent {
  readonly version: number;
  readonly typeKey: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly old: KubeObject | undefined;
}

/** The events of one watch, waiting to be taken. */
class Feed {
  readonly typeKey: string;
  readonly #queue: (LoggedEvent | 'bookmark')[] = [];
  #wake: () => void = () => undefined;
  #ended: { readonly error: KubeError | undefined } | undefined;

  constructor(typeKey: string) {
    this.typeKey = typeKey;
  }

  push(event: LoggedEvent | 'bookmark'): void {
    this.#queue.push(event);
    this.#wake();
  }

  end(error?: KubeError): void {
    this.#ended ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LoggedEvent | 'bookmark'> {
    for (;;) {
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) yield event;
      if (this.#ended?.error) throw this.#ended.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const WRITES: ReadonlySet<Verb> = new Set(['apply', 'delete', 'writeStatus', 'patchMetadata', 'create', 'replace']);
/** Groups whose objects carry metadata.generation; the core group and RBAC have none. */
const WITHOUT_GENERATION = /^(v1|rbac\.authorization\.k8s\.io\/v1|coordination\.k8s\.io\/v1|storage\.k8s\.io\/v1|events\.k8s\.io\/v1|discovery\.k8s\.io\/v1)$/;
const WITHOUT_STATUS: ReadonlySet<string> = new Set([
  'ConfigMap', 'Secret', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'Lease', 'Event', 'NetworkPolicy', 'StorageClass',
]);

const STATUS_CODES: Readonly<Partial<Record<KubeErrorKind, number>>> = {
  notFound: 404, conflict: 409, forbidden: 403, unauthorized: 401, invalid: 422, gone: 410, throttled: 429, server: 500,
};

/**
 * The API server in memory, for unit tests: resource versions, generations, server-side apply with ownership per field,
 * finalizers, garbage collection, watches with bookmarks and 410, faults, and a log of requests. It passes the same contract
 * test as the real client (`cluster.contract.ts`), which is what keeps it honest.
 * What it does not do: validation by schema, defaults of the server, admission, RBAC, controllers.
 */
export class FakeCluster implements Cluster {
  /** Every request so far, faults included. */
  readonly calls: Call[] = [];
  /** Answers requests to pods; where absent no pod can be reached. */
  pods: ((request: PodRequest) => { status: number; body: string } | Promise<{ status: number; body: string }>) | undefined;
  version = 'v1.34.4';

  readonly #objects = new Map<string, Stored>();
  readonly #types = new Map<string, ResourceType>();
  readonly #faults: { readonly when: (call: Call) => boolean; readonly fault: Fault; times: number }[] = [];
  readonly #watchers = new Set<Feed>();
  #events: LoggedEvent[] = [];
  #version = 1000;
  #oldestVersion = 1000;
  #toLose = 0;
  #now: () => number;

  constructor(objects: Iterable<KubeObject> = [], options: { readonly now?: () => number } = {}) {
    this.#now = options.now ?? (() => Date.now());
    for (const object of objects) this.put(object);
  }

  // What tests do to it

  /** Creates or replaces an object as somebody else (a user, a controller) would; `status` is taken as given. */
  put(object: KubeObject, manager = 'kubectl'): KubeObject {
    const stored = this.#objects.get(keyOfRef(object.apiVersion, refOf(object)));
    if (!stored) return this.#insert(object, manager, 'Update');
    const metadata = { ...stored.object.metadata, ...withoutServerMeta(object.metadata) };
    return this.#update(stored, { ...object, metadata }, { manager, status: true });
  }

  /** Changes an object as somebody else would. Throws where there is none. */
  edit(ref: ObjectRef, change: (object: KubeObject) => object, manager = 'kubectl'): KubeObject {
    const stored = this.#mustGet(ref, 'edit');
    return this.#update(stored, change(structuredClone(stored.object)) as KubeObject, { manager, status: true });
  }

  /** Server-side apply as another field manager. */
  applyAs(manager: string, object: KubeObject, options: ApplyOptions = {}): KubeObject {
    return this.#apply(object, options, manager);
  }

  /** Removes an object as somebody else would: finalizers hold it as ever. */
  remove(ref: ObjectRef): void {
    this.#delete(this.#mustGet(ref, 'remove'));
  }

  /** The object as stored, or undefined. */
  get(ref: ObjectRef): KubeObject | undefined {
    const stored = this.#objects.get(keyOfRef(ref.apiVersion, ref));
    return stored && this.#answer(stored);
  }

  /** All objects, of one kind where given, sorted by key. */
  all(kind?: string): KubeObject[] {
    return [...this.#objects.entries()]
      .filter(([, { object }]) => kind === undefined || object.kind === kind)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { object }]) => structuredClone(object));
  }

  /** Makes a kind known that is not in the table of resource types. */
  addType(type: ResourceType): void {
    this.#types.set(`${type.apiVersion}/${type.kind}`, type);
  }

  /** Lets requests fail, `times` times or until the answer is called. */
  fail(when: (call: Call) => boolean, fault: Fault, times = Number.POSITIVE_INFINITY): () => void {
    const entry = { when, fault, times };
    this.#faults.push(entry);
    return () => {
      entry.times = 0;
    };
  }

  /** Requests that stored something or tried to (dry runs left out). */
  get writes(): Call[] {
    return this.calls.filter(({ verb, dryRun }) => WRITES.has(verb) && !dryRun);
  }

  /** Forgets the requests so far. */
  clearCalls(): void {
    this.calls.length = 0;
  }

  /** Ends all watches (of one kind where given): as the server does after some minutes, or with an error. */
  dropWatches(error?: KubeErrorKind, kind?: string): void {
    for (const watcher of this.#watchers) {
      if (kind !== undefined && !watcher.typeKey.endsWith(`/${kind}`)) continue;
      watcher.end(error === undefined ? undefined : errorOf(error, 'WATCH', `watch broke: ${error}`));
    }
  }

  /** Sends a bookmark to every watch. */
  bookmark(): void {
    for (const watcher of this.#watchers) watcher.push('bookmark');
  }

  /** Keeps the next changes from every watch, as a broken watch cache would: only a list shows them. */
  loseEvents(count: number): void {
    this.#toLose += count;
  }

  /** Ends all faults, and tells all events again. */
  endFaults(): void {
    this.#faults.length = 0;
    this.#toLose = 0;
  }

  /** Forgets the history: a watch from an older version answers 410, as after a compaction. */
  compact(): void {
    this.#events = [];
    this.#oldestVersion = this.#version;
  }

  /** How many watches are open. */
  get openWatches(): number {
    return this.#watchers.size;
  }

  // Cluster

  read(ref: ObjectRef): Promise<KubeObject | undefined> {
    return this.#serve(callOf('read', ref), () => this.get(ref));
  }

  list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    return this.#serve(callOfType('list', type, options), () => ({
      items: [...this.#objects.values()]
        .filter(({ object }) => isOfType(object, type) && matches(object, options))
        .sort((a, b) => (keyOfRef('', refOf(a.object)) < keyOfRef('', refOf(b.object)) ? -1 : 1))
        .map(({ object }) => listed(type, object, options)),
      resourceVersion: String(this.#version),
    }));
  }

  apply(object: KubeObject, options: ApplyOptions = {}): Promise<KubeObject> {
    const call = callOf('apply', refOf(object), object, options);
    return this.#serve(call, () => this.#apply(object, options, FIELD_MANAGER));
  }

  delete(ref: ObjectRef, preconditions: { readonly uid?: string; readonly resourceVersion?: string }): Promise<boolean> {
    return this.#serve(callOf('delete', ref, preconditions), () => {
      const stored = this.#objects.get(keyOfRef(ref.apiVersion, ref));
      if (!stored) return false;
      for (const field of ['uid', 'resourceVersion'] as const) {
        const wanted = preconditions[field];
        const actual = stored.object.metadata[field];
        if (wanted !== undefined && wanted !== actual) {
          throw errorOf('conflict', `DELETE ${refKey(ref)}`, `Precondition failed: ${field} in precondition: ${wanted}, in object meta: ${actual}`);
        }
      }
      this.#delete(stored);
      return true;
    });
  }

  writeStatus(ref: ObjectRef, status: object): Promise<KubeObject> {
    return this.#serve(callOf('writeStatus', ref, status), () => {
      const stored = this.#mustGet(ref, 'PATCH');
      return this.#update(stored, { ...stored.object, status: structuredClone(status) }, { manager: FIELD_MANAGER, status: true });
    });
  }

  patchMetadata(ref: ObjectRef, metadata: object): Promise<KubeObject> {
    return this.#serve(callOf('patchMetadata', ref, metadata), () => {
      const stored = this.#mustGet(ref, 'PATCH');
      this.#checkVersion(stored, (metadata as Meta).resourceVersion, 'PATCH');
      const patched = mergePatch(stored.object.metadata, metadata) as KubeObject['metadata'];
      return this.#update(stored, { ...stored.object, metadata: patched }, { manager: FIELD_MANAGER });
    });
  }

  create(object: KubeObject): Promise<KubeObject> {
    return this.#serve(callOf('create', refOf(object), object), () => {
      const { generateName } = object.metadata as { generateName?: string };
      const name = object.metadata.name || `${generateName ?? ''}${randomUUID().slice(0, 5)}`;
      const named = { ...object, metadata: { ...object.metadata, name } };
      if (this.#objects.has(keyOfRef(object.apiVersion, refOf(named)))) {
        throw errorOf('conflict', `POST ${refKey(refOf(named))}`, `${quoted(named)} already exists`, 'AlreadyExists');
      }
      return this.#insert(withoutStatus(named), FIELD_MANAGER, 'Update');
    });
  }

  replace(object: KubeObject): Promise<KubeObject> {
    return this.#serve(callOf('replace', refOf(object), object), () => {
      const stored = this.#mustGet(refOf(object), 'PUT');
      this.#checkVersion(stored, object.metadata.resourceVersion, 'PUT');
      return this.#update(stored, object, { manager: FIELD_MANAGER });
    });
  }

  async *watch(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent> {
    await this.#serve(callOfType('watch', type, options), () => {
      if (Number(options.resourceVersion) < this.#oldestVersion) {
        throw errorOf('gone', 'WATCH', `too old resource version: ${options.resourceVersion} (${this.#oldestVersion})`, 'Expired');
      }
    }).catch((error: unknown) => {
      if (!options.signal.aborted) throw error;
    });
    if (options.signal.aborted) return;
    const feed = new Feed(typeKeyOf(type));
    const abort = (): void => feed.end();
    options.signal.addEventListener('abort', abort, { once: true });
    const from = Number(options.resourceVersion);
    for (const event of this.#events) if (event.version > from && event.typeKey === feed.typeKey) feed.push(event);
    this.#watchers.add(feed);
    try {
      for await (const event of feed) {
        const seen = this.#seen(type, event, options);
        if (seen) yield seen;
      }
    } catch (error) {
      if (!options.signal.aborted) throw error;
    } finally {
      this.#watchers.delete(feed);
      options.signal.removeEventListener('abort', abort);
    }
  }

  podRequest(request: PodRequest): Promise<{ readonly status: number; readonly body: string }> {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: request.namespace, name: request.pod };
    return this.#serve(callOf('podRequest', ref, request), () => {
      if (this.pods) return this.pods(request);
      throw errorOf('unreachable', `${request.method} pod ${request.namespace}/${request.pod}`, 'no pod answers here');
    });
  }

  serverVersion(): Promise<string> {
    return Promise.resolve(this.version);
  }

  resourceTypes(apiVersion: string): Promise<readonly ResourceType[]> {
    return Promise.resolve([...knownResourceTypes(apiVersion), ...[...this.#types.values()].filter((type) => type.apiVersion === apiVersion)]);
  }

  // How it works

  /** Logs a request, lets it fail where it should, and does it a little later, as a network would. */
  async #serve<T>(call: Call, run: () => T | Promise<T>): Promise<T> {
    this.calls.push(structuredCloneOf(call));
    await Promise.resolve();
    const entry = this.#faults.find(({ when, times }) => times > 0 && when(call));
    if (entry) {
      entry.times--;
      if (entry.fault === 'hang') return new Promise(() => undefined);
      if (entry.fault === 'lostAnswer') await run();
      throw faultOf(entry.fault, `${call.verb} ${call.key}`);
    }
    return run();
  }

  #mustGet(ref: ObjectRef, method: string): Stored {
    const stored = this.#objects.get(keyOfRef(ref.apiVersion, ref));
    if (!stored) throw errorOf('notFound', `${method} ${refKey(ref)}`, `${ref.kind} "${ref.name}" not found`, 'NotFound');
    return stored;
  }

  #checkVersion(stored: Stored, version: string | undefined, method: string): void {
    if (version === undefined || version === stored.object.metadata.resourceVersion) return;
    const request = `${method} ${refKey(refOf(stored.object))}`;
    throw errorOf('conflict', request, `Operation cannot be fulfilled on ${quoted(stored.object)}: the object has been modified`, 'Conflict');
  }

  #apply(object: KubeObject, options: ApplyOptions, managerName: string): KubeObject {
    const request = `PATCH ${refKey(refOf(object))}`;
    if ('managedFields' in object.metadata) throw errorOf('invalid', request, 'metadata.managedFields must be nil');
    const sent = withoutStatus(object);
    const stored = this.#objects.get(keyOfRef(object.apiVersion, refOf(object)));
    if (!stored) {
      if (object.metadata.uid !== undefined) throw errorOf('conflict', request, 'uid mismatch: the provided object specified uid', 'Conflict');
      return this.#insert(sent, managerName, 'Apply', options.dryRun);
    }
    this.#checkVersion(stored, object.metadata.resourceVersion, 'PATCH');
    const fields = fieldsOf(sent as unknown as Json);
    const others = stored.managers.filter((manager) => !(manager.name === managerName && manager.operation === 'Apply'));
    const conflicts = conflictsOf(stored.object, sent, fields, others);
    if (conflicts.length > 0 && !options.force) throw conflictError(request, conflicts);

    const mine = stored.managers.find((manager) => manager.name === managerName && manager.operation === 'Apply');
    const taken = new Set(conflicts.map(({ key }) => key));
    const left = others.map((manager) => ({ ...manager, fields: new Map([...manager.fields].filter(([key]) => !taken.has(key))) }));
    const next = prune(overlay(stored.object, withoutServerMetaOf(sent)), mine?.fields, fields, left) as KubeObject;
    const managers = [...left.filter((manager) => manager.fields.size > 0), { name: managerName, operation: 'Apply' as const, subresource: '' as const, fields }];
    return this.#store(stored, next, managers, options.dryRun);
  }

  /** An update by somebody: what it changes becomes theirs, and nobody else's. */
  #update(stored: Stored, next: KubeObject, by: { readonly manager: string; readonly status?: boolean }): KubeObject {
    const status = by.status || !hasStatus(next) ? next['status'] : stored.object['status'];
    const fixed = { ...next, ...(status === undefined ? {} : { status }), metadata: { ...next.metadata, ...serverMetaOf(stored.object.metadata) } };
    if (status === undefined) delete (fixed as Json)['status'];
    const before = stored.object as unknown as Json;
    const changed = changedFields(before, fixed as unknown as Json);
    const gone = missingFields(before, fixed as unknown as Json);
    const left = stored.managers.map((manager) => ({
      ...manager,
      fields: new Map([...manager.fields].filter(([key]) => !gone.has(key) && (manager.name === by.manager && manager.operation === 'Update' ? true : !changed.has(key)))),
    }));
    for (const subresource of ['', 'status'] as const) {
      const mine = [...changed].filter(([, path]) => (path[0] === 'f:status' ? 'status' : '') === subresource);
      if (mine.length === 0) continue;
      const present = left.find((manager) => manager.name === by.manager && manager.operation === 'Update' && manager.subresource === subresource);
      if (present) for (const [key, path] of mine) present.fields.set(key, path);
      else left.push({ name: by.manager, operation: 'Update', subresource, fields: new Map(mine) });
    }
    return this.#store(stored, fixed as KubeObject, left.filter((manager) => manager.fields.size > 0));
  }

  #insert(object: KubeObject, manager: string, operation: 'Apply' | 'Update', dryRun = false): KubeObject {
    const metadata = {
      ...withoutServerMeta(object.metadata),
      uid: object.metadata.uid ?? randomUUID(),
      resourceVersion: '',
      ...(WITHOUT_GENERATION.test(object.apiVersion) ? {} : { generation: object.metadata.generation ?? 1 }),
      creationTimestamp: object.metadata.creationTimestamp ?? this.#time(),
    } as KubeObject['metadata'];
    const created = structuredClone({ ...object, metadata });
    const managers: Manager[] = [{ name: manager, operation, subresource: '', fields: fieldsOf(created as unknown as Json) }];
    if (dryRun) return this.#answer({ object: created, managers });
    return this.#commit('ADDED', created, managers, undefined);
  }

  #store(stored: Stored, next: KubeObject, managers: readonly Manager[], dryRun = false): KubeObject {
    const old = stored.object;
    const isSame = isDeepStrictEqual(contentOf(old), contentOf(next));
    if (isSame && isDeepStrictEqual(describeManagers(stored.managers), describeManagers(managers))) return this.#answer(stored);
    checkImmutable(old, next);
    const bumped = old.metadata.generation !== undefined && !isDeepStrictEqual(desiredOf(old), desiredOf(next));
    const metadata = { ...next.metadata, ...(bumped ? { generation: (old.metadata.generation ?? 0) + 1 } : {}) };
    const changed = structuredClone({ ...next, metadata });
    if (dryRun) return this.#answer({ object: changed, managers });
    if (changed.metadata.deletionTimestamp !== undefined && !changed.metadata.finalizers?.length) {
      this.#drop(changed);
      return structuredClone(changed);
    }
    return this.#commit('MODIFIED', changed, managers, old);
  }

  #commit(type: 'ADDED' | 'MODIFIED', object: KubeObject, managers: readonly Manager[], old: KubeObject | undefined): KubeObject {
    const version = ++this.#version;
    const stored = { object: { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } } as KubeObject, managers };
    this.#objects.set(keyOfRef(object.apiVersion, refOf(object)), stored);
    this.#emit({ version, typeKey: typeKeyOf(object), type, object: stored.object, old });
    return this.#answer(stored);
  }

  #delete(stored: Stored): void {
    const { metadata } = stored.object;
    if (!metadata.finalizers?.length) {
      this.#drop(stored.object);
    } else if (metadata.deletionTimestamp === undefined) {
      const dying = { ...stored.object, metadata: { ...metadata, deletionTimestamp: this.#time() } };
      if (metadata.generation !== undefined) Object.assign(dying.metadata, { generation: metadata.generation + 1 });
      this.#commit('MODIFIED', dying, stored.managers, stored.object);
    }
  }

  #drop(object: KubeObject): void {
    const version = ++this.#version;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } } as KubeObject;
    this.#objects.delete(keyOfRef(object.apiVersion, refOf(object)));
    this.#emit({ version, typeKey: typeKeyOf(object), type: 'DELETED', object: last, old: object });
    this.#collectGarbage(object);
  }

  /** What the garbage collector and the namespace controller would do, at once. */
  #collectGarbage(gone: KubeObject): void {
    for (const stored of this.#objects.values()) {
      const { ownerReferences = [], namespace } = stored.object.metadata;
      const isInside = gone.kind === 'Namespace' && namespace === gone.metadata.name;
      const isOrphan = ownerReferences.some(({ uid }) => uid === gone.metadata.uid) && !ownerReferences.some(({ uid }) => this.#hasUid(uid));
      if (isInside || isOrphan) {
        const present = this.#objects.get(keyOfRef(stored.object.apiVersion, refOf(stored.object)));
        if (present) this.#delete(present);
      }
    }
  }

  #hasUid(uid: string): boolean {
    return [...this.#objects.values()].some(({ object }) => object.metadata.uid === uid);
  }

  #emit(event: LoggedEvent): void {
    if (this.#toLose > 0) {
      this.#toLose--;
      return;
    }
    this.#events.push(event);
    for (const watcher of this.#watchers) if (watcher.typeKey === event.typeKey) watcher.push(event);
  }

  /** An event as one watch sees it: what begins to match is ADDED, what stops is DELETED. */
  #seen(type: ResourceType, event: LoggedEvent | 'bookmark', options: ListOptions): WatchEvent | undefined {
    if (event === 'bookmark') return { type: 'BOOKMARK', resourceVersion: String(this.#version) };
    const was = event.old !== undefined && matches(event.old, options);
    const is = event.type !== 'DELETED' && matches(event.object, options);
    if (!was && !is) return undefined;
    return { type: !was ? 'ADDED' : is ? 'MODIFIED' : 'DELETED', object: listed(type, event.object, options) };
  }

  #answer({ object, managers }: Stored): KubeObject {
    const time = this.#time();
    const managedFields = managers.map(({ name, operation, subresource, fields }) => ({
      manager: name,
      operation,
      apiVersion: object.apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));
    return structuredClone({ ...object, metadata: { ...object.metadata, managedFields } }) as KubeObject;
  }

  #time(): string {
    return new Date(this.#now()).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}

function structuredCloneOf(call: Call): Call {
  return { ...call, body: call.body === undefined ? undefined : structuredClone(call.body) };
}

function callOf(verb: Verb, ref: ObjectRef, body?: unknown, options: ApplyOptions = {}): Call {
  const { apiVersion, kind, namespace, name } = ref;
  return { verb, apiVersion, kind, namespace, name, key: refKey(ref), dryRun: options.dryRun ?? false, force: options.force ?? false, body };
}

function callOfType(verb: Verb, type: ResourceType, { namespace }: ListOptions): Call {
  const { apiVersion, kind } = type;
  return { verb, apiVersion, kind, namespace, name: undefined, key: `${kind}/${namespace ?? ''}`, dryRun: false, force: false, body: undefined };
}

function keyOfRef(apiVersion: string, ref: ObjectRef): string {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return `${group}/${refKey(ref)}`;
}

function typeKeyOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  return `${apiVersion}/${kind}`;
}

function isOfType(object: KubeObject, type: ResourceType): boolean {
  return object.apiVersion === type.apiVersion && object.kind === type.kind;
}

function matches(object: KubeObject, { namespace, labelSelector, fieldSelector }: ListOptions): boolean {
  return (
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matchesLabelSelector(labelSelector, object.metadata.labels) &&
    matchesFieldSelector(fieldSelector, object)
  );
}

function listed(type: ResourceType, object: KubeObject, { metadataOnly }: ListOptions): KubeObject {
  const { apiVersion, kind, metadata } = object;
  return normalObject(type, structuredClone(metadataOnly ? { apiVersion, kind, metadata } : object));
}

function quoted(object: KubeObject): string {
  const plural = knownResourceType(object.apiVersion, object.kind)?.plural ?? object.kind;
  return `${plural} "${object.metadata.name}"`;
}

function errorOf(kind: KubeErrorKind, request: string, message: string, reason?: string): KubeError {
  return new KubeError({ kind, request, message, status: STATUS_CODES[kind], reason });
}

function faultOf(fault: Fault, request: string): KubeError {
  if (fault instanceof KubeError) return fault;
  return fault === 'lostAnswer' || fault === 'hang'
    ? errorOf('timeout', request, `${request}: no answer within 30000 ms`)
    : errorOf(fault, request, `${request}: ${fault} (injected)`);
}

function hasStatus(object: KubeObject): boolean {
  return !WITHOUT_STATUS.has(object.kind);
}

function withoutStatus(object: KubeObject): KubeObject {
  if (!hasStatus(object) || !('status' in object)) return structuredClone(object);
  const { status: _status, ...rest } = object;
  return structuredClone(rest) as KubeObject;
}

function withoutServerMeta(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  const { resourceVersion: _v, managedFields: _m, ...rest } = metadata as Meta;
  return rest as KubeObject['metadata'];
}

function withoutServerMetaOf(object: KubeObject): KubeObject {
  return { ...object, metadata: withoutServerMeta(object.metadata) };
}

/** What no update can change. */
function serverMetaOf({ uid, resourceVersion, generation, creationTimestamp, deletionTimestamp }: KubeObject['metadata']): object {
  return Object.fromEntries(
    Object.entries({ uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, managedFields: undefined }).filter(
      ([key, value]) => value !== undefined || key === 'deletionTimestamp' || key === 'managedFields',
    ).filter(([, value]) => value !== undefined),
  );
}

/** Everything but what changes with each write. */
function contentOf(object: KubeObject): unknown {
  const { resourceVersion: _v, managedFields: _m, ...metadata } = object.metadata as Meta;
  return JSON.parse(JSON.stringify({ ...object, metadata }));
}

/** What a change of counts as a new generation. */
function desiredOf(object: KubeObject): unknown {
  const { metadata, status: _status, ...rest } = object;
  // A Deployment's annotations go on to its ReplicaSets, and so count as wanted.
  const annotations = object.kind === 'Deployment' ? metadata.annotations : undefined;
  return JSON.parse(JSON.stringify({ ...rest, annotations }));
}

function describeManagers(managers: readonly Manager[]): unknown {
  return managers
    .map(({ name, operation, subresource, fields }) => [name, operation, subresource, [...fields.keys()].sort()])
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

interface Conflict {
  readonly key: string;
  readonly path: Path;
  readonly manager: Manager;
}

function conflictsOf(live: KubeObject, sent: KubeObject, fields: ReadonlyMap<string, Path>, others: readonly Manager[]): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const [key, path] of fields) {
    if (path.at(-1)?.startsWith('k:') || isDeepStrictEqual(valueAt(live, path), valueAt(sent, path))) continue;
    for (const manager of others) if (manager.fields.has(key)) conflicts.push({ key, path, manager });
  }
  return conflicts;
}

/** `.spec.template.spec.containers[name="x"].image`, as the server writes it. */
function printPath(path: Path): string {
  return path
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = Object.entries(JSON.parse(element.slice(2)) as Json).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return `[${keys.join(',')}]`;
    })
    .join('');
}

function conflictError(request: string, conflicts: readonly Conflict[]): KubeError {
  const lines = conflicts.map(({ path, manager }) => `conflict with "${manager.name}"${manager.operation === 'Update' ? ' using v1' : ''}: ${printPath(path)}`);
  return new KubeError({
    kind: 'conflict',
    request,
    status: 409,
    reason: 'Conflict',
    message: `Apply failed with ${lines.length} conflict${lines.length === 1 ? '' : 's'}: ${lines.join('\n')}`,
    causes: conflicts.map(({ path, manager }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${manager.name}"${manager.operation === 'Update' ? ' using v1' : ''}`,
      field: printPath(path),
    })),
  });
}

/** Takes out what the manager applied before, does not apply now, and nobody else owns. */
function prune(object: unknown, before: ReadonlyMap<string, Path> | undefined, now: ReadonlyMap<string, Path>, others: readonly Manager[]): unknown {
  let pruned = object;
  // Items of lists before their fields: without its key an item could not be found any more.
  for (const path of [...(before?.values() ?? [])].sort((a, b) => a.length - b.length)) {
    if (hasAtOrBelow(now, path) || others.some(({ fields }) => hasAtOrBelow(fields, path))) continue;
    pruned = without(pruned, path);
  }
  return pruned;
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Json = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...(target as Json) } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** What the API server lets nobody change once an object is there. */
const MUTABLE_STATEFUL_SET = new Set([
  'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds',
]);

function checkImmutable(old: KubeObject, next: KubeObject): void {
  const before = (old['spec'] ?? {}) as Json;
  const after = (next['spec'] ?? {}) as Json;
  const differ = (field: string): boolean => !isDeepStrictEqual(before[field], after[field]);
  const fields: string[] = [];
  if (old.kind === 'StatefulSet') {
    fields.push(...new Set([...Object.keys(before), ...Object.keys(after)].filter((field) => !MUTABLE_STATEFUL_SET.has(field) && differ(field))));
  }
  if ((old.kind === 'Deployment' || old.kind === 'DaemonSet') && differ('selector')) fields.push('selector');
  if (old.kind.endsWith('RoleBinding') && !isDeepStrictEqual(old['roleRef'], next['roleRef'])) fields.push('roleRef');
  if (fields.length === 0) return;
  throw new KubeError({
    kind: 'invalid',
    request: `PATCH ${refKey(refOf(old))}`,
    status: 422,
    reason: 'Invalid',
    message: `${old.kind} "${old.metadata.name}" is invalid: ${fields.map((field) => `spec.${field}: Forbidden: field is immutable`).join(', ')}`,
    causes: fields.map((field) => ({ reason: 'FieldValueForbidden', field: `spec.${field}`, message: 'Forbidden: field is immutable' })),
  });
}
