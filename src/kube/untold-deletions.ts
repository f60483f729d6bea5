import { keyOf } from '../api/kube-object.ts';
import type { Clock } from './clock.ts';
import type { Cluster, ListOptions, ResourceType } from './cluster.ts';
import { isKubeError } from './errors.ts';

export interface Vanished {
  readonly type: ResourceType;
  readonly options?: ListOptions;
  /** How far the watch had told when the list was made. */
  readonly watchedUpTo: string;
  /** `namespace/name` of what was known then and is not in the list. */
  readonly keys: ReadonlySet<string>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What happened lately is told at once; after this nothing more will come. */
const PATIENCE_MS = 5_000;

/**
 * How many deletions no watch told of. An object that is missing from a list may have been deleted just now, and the watch
 * would have told of it in a moment: so that watch is asked once more from where it stood. What it tells was not missed.
 * Zero where it cannot be known. Never rejects with a KubeError.
 */
export async function untoldDeletions(cluster: Cluster, { type, options, watchedUpTo, keys, clock, signal }: Vanished): Promise<number> {
  const untold = new Set(keys);
  const end = new AbortController();
  const stop = (): void => end.abort();
  const cancel = clock.after(PATIENCE_MS, stop);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const event of cluster.watch(type, { ...options, resourceVersion: watchedUpTo, signal: end.signal })) {
      if (event.type === 'DELETED') untold.delete(keyOf(event.object));
      if (untold.size === 0) break;
    }
    return signal.aborted ? 0 : untold.size;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return 0;
  } finally {
    cancel();
    end.abort();
    signal.removeEventListener('abort', stop);
  }
}
