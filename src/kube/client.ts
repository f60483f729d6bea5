import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { FIELD_MANAGER } from '../api/group.ts';
import { refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import { systemClock, type Clock } from './clock.ts';
import type {
  ApplyOptions, Cluster, ListOptions, ObjectList, PodRequest, ResourceType, WatchEvent, WatchOptions,
} from './cluster.ts';
import { Credentials, loadKubeConfig, type KubeConfigSource } from './credentials.ts';
import { isKubeError } from './errors.ts';
import { normalObject } from './normal-object.ts';
import { PodGateway } from './pod-gateway.ts';
import { resourcePath } from './resource-types.ts';
import { requestName, Transport, type ApiAttempt, type ApiRequest } from './transport.ts';
import { TypeDiscovery } from './type-discovery.ts';
import { readWatchEvents } from './watch-stream.ts';

export interface ConnectOptions extends KubeConfigSource {
  /** How to reach pods: straight to their addresses (in the cluster, the default) or through the API server. */
  readonly podAccess?: 'direct' | 'proxy';
  /** Told of each attempt of a request, for metrics. */
  readonly onAttempt?: (attempt: ApiAttempt) => void;
  /** How long an answer may take; 20 s where absent; reads get no more than 10. */
  readonly timeoutMs?: number;
  /** How long a watch may be silent; 90 s where absent: bookmarks come about once a minute. */
  readonly watchIdleMs?: number;
  readonly userAgent?: string;
  /** Who we are among field managers; `belfry` where absent. */
  readonly fieldManager?: string;
  /** Asked before every attempt of a write, those to pods included, Leases left out: false while another may be writing. */
  readonly mayWrite?: () => boolean;
  readonly clock?: Clock;
  readonly random?: () => number;
}

interface Page {
  readonly items: readonly KubeObject[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

const TIMEOUT_MS = 20_000;
/** One page of a list. */
const LIST_MS = 30_000;
const WATCH_IDLE_MS = 90_000;
const PAGE = 500;

/** Connects to the API server that a kubeconfig names. Nothing is asked of the server yet. Rejects with a KubeError. */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  return new Client(await loadKubeConfig(options), options);
}

/** The real Cluster: raw JSON over HTTP. docs/design/0002-raw-json.md says why not client-node's API classes. */
export class Client implements Cluster {
  readonly kubeConfig: KubeConfig;
  readonly #credentials: Credentials;
  readonly #transport: Transport;
  readonly #types: TypeDiscovery;
  readonly #pods: PodGateway;
  readonly #random: () => number;
  readonly #watchIdleMs: number;
  readonly #fieldManager: string;

  constructor(kubeConfig: KubeConfig, options: ConnectOptions) {
    this.kubeConfig = kubeConfig;
    const clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#watchIdleMs = options.watchIdleMs ?? WATCH_IDLE_MS;
    this.#fieldManager = options.fieldManager ?? FIELD_MANAGER;
    this.#credentials = new Credentials(kubeConfig, options);
    this.#transport = new Transport(this.#credentials, {
      clock,
      random: this.#random,
      onAttempt: options.onAttempt ?? (() => undefined),
      userAgent: options.userAgent ?? 'belfry',
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      mayWrite: options.mayWrite ?? (() => true),
    });
    this.#types = new TypeDiscovery(this.#transport, clock);
    this.#pods = new PodGateway(this.#transport, options.podAccess ?? 'direct');
  }

  /** The namespace of the kubeconfig's context; `default` where it names none. */
  get defaultNamespace(): string {
    return this.kubeConfig.getContextObject(this.kubeConfig.getCurrentContext())?.namespace ?? 'default';
  }

  /** The API server's address. */
  get server(): string {
    return this.#credentials.server;
  }

  /** Closes idle connections, so that the process can end at once. */
  close(): void {
    this.#credentials.close();
    this.#pods.close();
  }

  async read(ref: ObjectRef): Promise<KubeObject | undefined> {
    try {
      const type = await this.#types.typeOf(ref);
      return await this.#transport.json({ method: 'GET', verb: 'get', path: pathOf(type, ref), resource: type.plural, isIdempotent: true });
    } catch (error) {
      if (isKubeError(error, 'notFound')) return undefined;
      throw error;
    }
  }

  async list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    try {
      return await this.#listPages(type, options, PAGE);
    } catch (error) {
      // The snapshot that the pages belong to was compacted away while we read: once more, in one piece.
      if (!isKubeError(error, 'gone')) throw error;
      return this.#listPages(type, options, 0);
    }
  }

  async apply(object: KubeObject, options: ApplyOptions = {}): Promise<KubeObject> {
    const type = await this.#types.typeOf(object);
    const query = new URLSearchParams({ fieldManager: this.#fieldManager, fieldValidation: validationOf(object) });
    if (options.force) query.set('force', 'true');
    if (options.dryRun) query.set('dryRun', 'All');
    return this.#transport.json({
      method: 'PATCH',
      verb: options.dryRun ? 'dryrun' : 'apply',
      path: `${pathOf(type, refOf(object))}?${query}`,
      resource: type.plural,
      body: object,
      // JSON is YAML: a server before 1.32 knows the type by this name alone.
      contentType: 'application/apply-patch+yaml',
      ...(options.metadataOnly ? { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json' } : {}),
      isIdempotent: true,
    });
  }

  async delete(ref: ObjectRef, preconditions: { readonly uid?: string; readonly resourceVersion?: string }): Promise<boolean> {
    const type = await this.#types.typeOf(ref);
    try {
      await this.#transport.json({
        method: 'DELETE',
        verb: 'delete',
        path: pathOf(type, ref),
        resource: type.plural,
        body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions },
        isIdempotent: true,
      });
      return true;
    } catch (error) {
      if (isKubeError(error, 'notFound')) return false;
      throw error;
    }
  }

  async writeStatus(ref: ObjectRef, status: object): Promise<KubeObject> {
    const type = await this.#types.typeOf(ref);
    return this.#transport.json({
      method: 'PATCH',
      verb: 'status',
      path: `${pathOf(type, ref)}/status?fieldManager=${this.#fieldManager}`,
      resource: type.plural,
      // A merge patch would keep what is no longer said; this replaces the whole, and needs no resource version.
      body: [{ op: 'add', path: '/status', value: status }],
      contentType: 'application/json-patch+json',
      isIdempotent: true,
    });
  }

  async patchMetadata(ref: ObjectRef, metadata: object): Promise<KubeObject> {
    const type = await this.#types.typeOf(ref);
    return this.#transport.json({
      method: 'PATCH',
      verb: 'patch',
      path: `${pathOf(type, ref)}?fieldManager=${this.#fieldManager}`,
      resource: type.plural,
      body: { metadata },
      contentType: 'application/merge-patch+json',
      isIdempotent: !('resourceVersion' in metadata),
    });
  }

  async create(object: KubeObject): Promise<KubeObject> {
    const type = await this.#types.typeOf(object);
    return this.#transport.json({
      method: 'POST',
      verb: 'create',
      path: `${resourcePath(type, object.metadata.namespace)}?fieldManager=${this.#fieldManager}`,
      resource: type.plural,
      body: object,
      isIdempotent: false,
    });
  }

  async replace(object: KubeObject): Promise<KubeObject> {
    const type = await this.#types.typeOf(object);
    return this.#transport.json({
      method: 'PUT',
      verb: 'update',
      path: `${pathOf(type, refOf(object))}?fieldManager=${this.#fieldManager}`,
      resource: type.plural,
      body: object,
      isIdempotent: false,
    });
  }

  async *watch(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent> {
    const query = selectors(options);
    query.set('watch', 'true');
    query.set('allowWatchBookmarks', 'true');
    query.set('resourceVersion', options.resourceVersion);
    // Spread, so that not all watches of all clients begin again at the same moment.
    query.set('timeoutSeconds', String(300 + Math.floor(300 * this.#random())));
    const request: ApiRequest = {
      method: 'GET',
      verb: 'watch',
      path: `${resourcePath(type, options.namespace)}?${query}`,
      resource: type.plural,
      accept: options.metadataOnly ? 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' : 'application/json',
      isIdempotent: true,
    };
    try {
      const response = await this.#transport.open(request, options.signal);
      yield* readWatchEvents(response, { request: requestName(request), type, idleMs: this.#watchIdleMs });
    } catch (error) {
      if (!options.signal.aborted) throw error;
    }
  }

  podRequest(request: PodRequest): Promise<{ readonly status: number; readonly body: string }> {
    return this.#pods.request(request);
  }

  async serverVersion(): Promise<string> {
    const version = await this.#transport.json<{ gitVersion: string }>({ method: 'GET', verb: 'get', path: '/version', resource: 'version', isIdempotent: true });
    return version.gitVersion;
  }

  resourceTypes(apiVersion: string): Promise<readonly ResourceType[]> {
    return this.#types.typesOf(apiVersion);
  }

  async #listPages(type: ResourceType, options: ListOptions, limit: number): Promise<ObjectList> {
    const items: KubeObject[] = [];
    const query = selectors(options);
    if (limit > 0) query.set('limit', String(limit));
    for (;;) {
      const page = await this.#transport.json<Page>({
        method: 'GET',
        verb: 'list',
        path: `${resourcePath(type, options.namespace)}?${query}`,
        resource: type.plural,
        accept: options.metadataOnly ? 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' : 'application/json',
        isIdempotent: true,
        timeoutMs: LIST_MS,
      });
      const { keep = (object: KubeObject) => object } = options;
      for (const item of page.items ?? []) items.push(keep(normalObject(type, item)));
      if (!page.metadata.continue) return { items, resourceVersion: page.metadata.resourceVersion };
      query.set('continue', page.metadata.continue);
    }
  }
}

/**
 * Strict, for a field that a custom resource does not have would be dropped in silence. Not so for a ConfigMap: a field that its kind does not have is refused at any
 * level, for it is not in the schema that the server merges by; and strictly the server reads all of the text twice, which for 240 KiB is 20 ms of its CPU.
 */
function validationOf({ kind }: KubeObject): 'Strict' | 'Ignore' {
  return kind === 'ConfigMap' ? 'Ignore' : 'Strict';
}

function pathOf(type: ResourceType, ref: ObjectRef): string {
  return resourcePath(type, ref.namespace, ref.name);
}

function selectors({ labelSelector, fieldSelector }: ListOptions): URLSearchParams {
  const query = new URLSearchParams();
  if (labelSelector) query.set('labelSelector', labelSelector);
  if (fieldSelector) query.set('fieldSelector', fieldSelector);
  return query;
}
