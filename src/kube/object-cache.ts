import { keyOf, type KubeObject } from '../api/kube-object.ts';
import type { Logger } from '../telemetry/log.ts';
import { ObjectStore, type Indexer } from './object-store.ts';

/** One change of one object: only `new` where it appeared, only `old` where it went, both where it changed. */
export interface Change {
  readonly old?: KubeObject;
  readonly new?: KubeObject;
}

interface ObjectCacheOptions {
  /** Names of indexes, each with the values that an object is found by. */
  readonly indexes: Readonly<Record<string, Indexer>> | undefined;
  /** What to keep of an object. */
  readonly trim: (object: KubeObject) => KubeObject;
  readonly onChange: (change: Change) => void;
  readonly log: Logger;
}

/** The objects of one kind as last heard of; tells of each change. Objects that did not change keep their identity. */
export class ObjectCache {
  /** The objects, to be looked at. */
  readonly store: Omit<ObjectStore, 'put' | 'delete'>;
  readonly #store: ObjectStore;
  readonly #options: ObjectCacheOptions;

  constructor(options: ObjectCacheOptions) {
    this.#options = options;
    this.#store = new ObjectStore(options.indexes);
    this.store = this.#store;
  }

  /** Puts a whole list in place of what there was; answers with what in it was news, and the keys of what is gone. */
  replaceAll(items: readonly KubeObject[]): { readonly news: readonly KubeObject[]; readonly vanished: ReadonlySet<string> } {
    const present = new Set<string>();
    const news: KubeObject[] = [];
    for (const item of items) {
      present.add(keyOf(item));
      if (this.put(item)) news.push(item);
    }
    const vanished = new Set<string>();
    for (const old of this.#store.values()) if (!present.has(keyOf(old))) vanished.add(keyOf(old));
    for (const key of vanished) this.remove(key);
    return { news, vanished };
  }

  /** Answers whether it was news. */
  put(object: KubeObject): boolean {
    const key = keyOf(object);
    let old = this.#store.get(key);
    if (old && old.metadata.resourceVersion === object.metadata.resourceVersion) return false;
    if (old && old.metadata.uid !== object.metadata.uid) {
      this.remove(key); // Deleted and made anew while we did not look: whoever cleans up must hear of both.
      old = undefined;
    }
    const kept = withSpecOf(old, this.#options.trim(object));
    this.#store.put(key, kept);
    this.#tell(old ? { old, new: kept } : { new: kept });
    return true;
  }

  /** Takes out the object of this key, if it is there. */
  remove(key: string): void {
    const old = this.#store.get(key);
    if (old && this.#store.delete(key)) this.#tell({ old });
  }

  #tell(change: Change): void {
    try {
      this.#options.onChange(change);
    } catch (error) {
      this.#options.log.error('handler of changes failed', { key: keyOf((change.new ?? change.old) as KubeObject), error });
    }
  }
}

/** The object with the spec that is in memory already: a status write, of which there are most, does not change it. */
function withSpecOf(old: KubeObject | undefined, object: KubeObject): KubeObject {
  const { generation } = object.metadata;
  return old && generation !== undefined && old.metadata.generation === generation && 'spec' in object ? { ...object, spec: old['spec'] } : object;
}
