/** Follows the config that an operator writes, by a watch of our own. */
import { keyOf, type KubeObject } from '../../../src/api/kube-object.ts';
import type { Client } from '../../../src/kube/client.ts';
import type { Contender } from './contender.ts';

interface Written {
  readonly object: KubeObject;
  readonly seenMs: number;
}

/** The config objects as the API server has them, each with the moment at which the watch brought it (`performance.now()`). */
export class ConfigWatch {
  readonly #contender: Contender;
  readonly #abort = new AbortController();
  readonly #written = new Map<string, Written>();
  readonly #waiting = new Set<(came?: Written) => void>();
  readonly #texts = new WeakMap<KubeObject, { readonly text: string; readonly jobs: number }>();
  #onChange: () => void = () => undefined;

  constructor(client: Client, contender: Contender) {
    this.#contender = contender;
    void this.#follow(client);
  }

  /** The objects as they are now. */
  objects(): KubeObject[] {
    return [...this.#written.values()].map(({ object }) => object);
  }

  /** Calls back after each change, until it is given another. */
  onChange(tell: () => void): void {
    this.#onChange = tell;
  }

  bytes(): number {
    return [...this.#written.values()].reduce((sum, { object }) => sum + Buffer.byteLength(this.#read(object).text), 0);
  }

  /** Resolves with the moment at which the last object came that makes the config hold so many jobs. */
  whenJobs(jobs: number): Promise<number> {
    return this.#when(() => {
      const all = [...this.#written.values()];
      const isThere = all.reduce((sum, { object }) => sum + this.#read(object).jobs, 0) === jobs;
      return isThere ? Math.max(...all.map(({ seenMs }) => seenMs)) : undefined;
    });
  }

  /**
   * Resolves with the moment at which a config comes that holds this text: asked before the change is made. What is there is not
   * searched, which takes a core for as long as the operator needs for the change, and longer the larger the config.
   */
  whenHolds(mark: string): Promise<number> {
    return this.#when((came) => (came && this.#read(came.object).text.includes(mark) ? came.seenMs : undefined));
  }

  stop(): void {
    this.#abort.abort();
  }

  #read(object: KubeObject): { readonly text: string; readonly jobs: number } {
    let read = this.#texts.get(object);
    if (!read) {
      const text = this.#contender.configText(object);
      read = { text, jobs: this.#contender.jobsIn(text) };
      this.#texts.set(object, read);
    }
    return read;
  }

  #when(moment: (came?: Written) => number | undefined): Promise<number> {
    return new Promise((resolve) => {
      const look = (came?: Written): void => {
        const seenMs = moment(came);
        if (seenMs === undefined) return;
        this.#waiting.delete(look);
        resolve(seenMs);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async #follow(client: Client): Promise<void> {
    const { type, options } = this.#contender.config;
    const list = await client.list(type, options);
    let { resourceVersion } = list;
    for (const object of list.items) this.#take(object);
    while (!this.#abort.signal.aborted) {
      for await (const event of client.watch(type, { ...options, resourceVersion, signal: this.#abort.signal })) {
        resourceVersion = event.type === 'BOOKMARK' ? event.resourceVersion : (event.object.metadata.resourceVersion ?? resourceVersion);
        if (event.type === 'DELETED') this.#written.delete(keyOf(event.object));
        else if (event.type !== 'BOOKMARK') this.#take(event.object);
      }
    }
  }

  #take(object: KubeObject): void {
    const written = { object, seenMs: performance.now() };
    this.#written.set(keyOf(object), written);
    for (const look of this.#waiting) look(written);
    this.#onChange();
  }
}
