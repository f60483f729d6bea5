import type { KubeObject, ObjectRef } from '../api/kube-object.ts';

/** A kind of resource as the API server's paths name it. */
export interface ResourceType {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface ListOptions {
  /** Only this namespace; all where absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Ask for PartialObjectMetadata: names, labels, annotations, generation and no more. */
  readonly metadataOnly?: boolean;
  /** What to keep of each object of a list, page by page: a long list never is in memory as a whole. May be ignored. */
  readonly keep?: (object: KubeObject) => KubeObject;
}

export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

export interface ApplyOptions {
  /** Nothing is stored; the answer is what would have been. */
  readonly dryRun?: boolean;
  /** Take fields over from other managers. */
  readonly force?: boolean;
  /** The answer need only have the metadata: what was sent can be large, and is known. */
  readonly metadataOnly?: boolean;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface WatchOptions extends ListOptions {
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
}

/** An Event to record about an object; repeated ones are counted, not multiplied. */
export interface EventNote {
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What to fetch from a pod over HTTP. */
export interface PodRequest {
  readonly namespace: string;
  readonly pod: string;
  /** Where known, to go there without the API server in between. */
  readonly podIp?: string;
  readonly port: number;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query, from the slash on. */
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
}

/**
 * The API server as the rest of the program sees it. Every method rejects with a KubeError (kube/errors.ts) and nothing
 * else. JSON goes through untouched, both ways: no field is dropped, renamed or converted.
 * The real one (client.ts) and the fake one (testing/fake-cluster.ts) pass the same contract test.
 */
export interface Cluster {
  /** The object, or undefined where there is none. */
  read(ref: ObjectRef): Promise<KubeObject | undefined>;
  /** All of a kind, fetched in pages, with metadata.managedFields removed. */
  list(type: ResourceType, options?: ListOptions): Promise<ObjectList>;
  /** Server-side apply by field manager `belfry`; answers with the object as stored, managedFields included. */
  apply(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  /** Deletes in the background; the preconditions make sure that it is the one that was meant. False where it was gone. */
  delete(ref: ObjectRef, preconditions: { readonly uid?: string; readonly resourceVersion?: string }): Promise<boolean>;
  /** Replaces `status` of a resource of ours. */
  writeStatus(ref: ObjectRef, status: object): Promise<KubeObject>;
  /** Merges into metadata (annotations, finalizers; null removes), guarded by resourceVersion where given. */
  patchMetadata(ref: ObjectRef, metadata: object): Promise<KubeObject>;
  /** Creates an object under a generated or given name, without server-side apply (Events, TokenReviews). */
  create(object: KubeObject): Promise<KubeObject>;
  /** Replaces an object, guarded by its resourceVersion (Leases). */
  replace(object: KubeObject): Promise<KubeObject>;
  /** One watch, until the server ends it or the signal does. Ends by returning; rejects where it broke. */
  watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** HTTP to a pod of ours: straight to its address, or through the API server where addresses cannot be reached. */
  podRequest(request: PodRequest): Promise<{ readonly status: number; readonly body: string }>;
  /** The API server's version, like v1.34.4. */
  serverVersion(): Promise<string>;
  /** The resource types that the server has in one group and version (`apps/v1`); empty where it has none. */
  resourceTypes(apiVersion: string): Promise<readonly ResourceType[]>;
}
