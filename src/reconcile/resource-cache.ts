import { keyOf, type KubeObject } from '../api/kube-object.ts';
import type { Parsed } from '../api/parse.ts';
import type { Change } from '../kube/object-cache.ts';
import type { Misfit } from './cluster-view.ts';

/** A change of a resource of ours that matters to more than its status. */
export interface ResourceChange<T> {
  readonly key: string;
  readonly old?: T;
  readonly new?: T;
}

/**
 * Resources of one kind as their users wrote them. A status write of ours gives the API server's object a new version,
 * yet means nothing to rendering: here a resource keeps its identity until its spec, labels or annotations change.
 */
export class ResourceCache<T> {
  readonly #parse: (value: unknown) => Parsed<T>;
  readonly #onChange: (change: ResourceChange<T>) => void;
  readonly #fitting = new Map<string, T>();
  readonly #misfits = new Map<string, Misfit>();
  readonly #versions = new Map<string, string>();
  readonly #byNamespace = new Map<string, Map<string, T>>();

  constructor(parse: (value: unknown) => Parsed<unknown>, onChange: (change: ResourceChange<T>) => void) {
    this.#parse = parse as (value: unknown) => Parsed<T>;
    this.#onChange = onChange;
  }

  get(key: string): T | undefined {
    return this.#fitting.get(key);
  }

  misfit(key: string): Misfit | undefined {
    return this.#misfits.get(key);
  }

  values(): Iterable<T> {
    return this.#fitting.values();
  }

  inNamespace(namespace: string): Iterable<T> {
    return this.#byNamespace.get(namespace)?.values() ?? [];
  }

  misfits(): Iterable<Misfit> {
    return this.#misfits.values();
  }

  /** Takes a change that a watch told. */
  take(change: Change): void {
    const key = keyOf((change.new ?? change.old) as KubeObject);
    const version = change.new ? versionOf(change.new) : '';
    if (this.#versions.get(key) === version) return;
    const old = this.#fitting.get(key);
    const namespace = key.slice(0, key.indexOf('/'));
    if (change.new) this.#put(key, change.new, version);
    else this.#drop(key);
    const now = this.#fitting.get(key);
    if (now) this.#index(namespace, key, now);
    else this.#byNamespace.get(namespace)?.delete(key);
    this.#onChange({ key, ...(old ? { old } : {}), ...(now ? { new: now } : {}) });
  }

  #index(namespace: string, key: string, resource: T): void {
    const known = this.#byNamespace.get(namespace);
    if (known) known.set(key, resource);
    else this.#byNamespace.set(namespace, new Map([[key, resource]]));
  }

  #put(key: string, object: KubeObject, version: string): void {
    this.#versions.set(key, version);
    const parsed = this.#parse(object);
    if (parsed.problems) {
      this.#fitting.delete(key);
      this.#misfits.set(key, { object, problems: parsed.problems });
    } else {
      // In the place of the one before: whoever walks all of them finds the others where they were.
      this.#fitting.set(key, parsed.ok);
      this.#misfits.delete(key);
    }
  }

  #drop(key: string): void {
    this.#versions.delete(key);
    this.#fitting.delete(key);
    this.#misfits.delete(key);
  }
}

/** Moves with everything but status: the generation covers spec alone. */
function versionOf({ metadata }: KubeObject): string {
  const { uid, generation, labels, annotations, finalizers, deletionTimestamp } = metadata;
  return JSON.stringify([uid, generation, labels, annotations, finalizers, deletionTimestamp]);
}
