import type { KubeObject } from '../api/kube-object.ts';

/** The values that an index finds an object by. */
export type Indexer = (object: KubeObject) => readonly string[];

/** Objects of one kind by key, by namespace, and by indexes of the caller's. */
export class ObjectStore {
  readonly #objects = new Map<string, KubeObject>();
  readonly #indexers: Readonly<Record<string, Indexer>>;
  /** index name -> value -> keys */
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(indexers: Readonly<Record<string, Indexer>> = {}) {
    this.#indexers = { ...indexers, [NAMESPACE]: ({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace]) };
    for (const name of Object.keys(this.#indexers)) this.#indexes.set(name, new Map());
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  values(): Iterable<KubeObject> {
    return this.#objects.values();
  }

  byNamespace(namespace: string): Iterable<KubeObject> {
    return this.byIndex(NAMESPACE, namespace);
  }

  *byIndex(index: string, value: string): Iterable<KubeObject> {
    const values = this.#indexes.get(index);
    if (!values) throw new Error(`no such index: ${index}`);
    for (const key of values.get(value) ?? []) {
      const object = this.#objects.get(key);
      if (object) yield object;
    }
  }

  put(key: string, object: KubeObject): void {
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const [name, indexer] of Object.entries(this.#indexers)) {
      const before = old ? indexer(old) : [];
      const after = indexer(object);
      for (const value of before) if (!after.includes(value)) this.#unlink(name, value, key);
      for (const value of after) this.#link(name, value, key);
    }
  }

  /** Whether it was there. */
  delete(key: string): boolean {
    const old = this.#objects.get(key);
    if (!old) return false;
    this.#objects.delete(key);
    for (const [name, indexer] of Object.entries(this.#indexers)) {
      for (const value of indexer(old)) this.#unlink(name, value, key);
    }
    return true;
  }

  #link(index: string, value: string, key: string): void {
    const values = this.#indexes.get(index);
    const keys = values?.get(value);
    if (keys) keys.add(key);
    else values?.set(value, new Set([key]));
  }

  #unlink(index: string, value: string, key: string): void {
    const values = this.#indexes.get(index);
    const keys = values?.get(value);
    keys?.delete(key);
    if (keys?.size === 0) values?.delete(value);
  }
}

const NAMESPACE = 'metadata.namespace';
