import { ANNOTATION_CONFIG_HASH, ANNOTATION_CONFIG_NUDGE } from '../api/group.ts';
import type { Cluster } from '../kube/cluster.ts';
import { readConfigHash, reloadAlertmanager } from './alertmanager-api.ts';
import { freshConfirmation, type Asked, type Confirmation } from './confirmation.ts';
import { readLoadedMarkers, reload, type Replica } from './prometheus-api.ts';

/** Asks one replica whether it shows the config that is wanted of it. */
export interface LiveQuestion {
  readonly cluster: Cluster;
  readonly asked: Asked;
  readonly replica: Replica;
  /** How often the kubelet has been told since the config is wanted. */
  readonly nudge: number;
  /** Called with the replica's own words where it refuses its config as a whole. */
  readonly onRefused: (message: string) => void;
}

/**
 * Asks a Prometheus for the markers that it has not shown yet; where `reloads` and some are missing, tells it to load its
 * config too. Answers whether it got further; never rejects: what went wrong is in its confirmation.
 */
export function askPrometheus(question: LiveQuestion & { readonly reloads: boolean }): Promise<boolean> {
  const { cluster, asked, replica, reloads } = question;
  const { wanted } = asked;
  return withTrouble(question, async (confirmation) => {
    await annotate(question, wanted.hashes.get(replica.shard) ?? '');
    const markers = (wanted.markers.get(replica.shard) ?? []).filter((marker) => !confirmation.markers.has(marker));
    const loaded = await readLoadedMarkers(cluster, replica, { markers, agent: wanted.agent });
    // Another config is wanted meanwhile: what this one showed before may be gone again.
    if (asked.wanted !== wanted) return false;
    for (const marker of loaded) confirmation.markers.add(marker);
    if (loaded.size === markers.length) delete confirmation.trouble;
    else if (reloads) noteRefusal(question, confirmation, await reload(cluster, replica));
    return loaded.size > 0 || markers.length === 0;
  });
}

/** The same of an Alertmanager, which never reads a changed file by itself, and of the hash of its whole config. */
export function askAlertmanager(question: LiveQuestion): Promise<boolean> {
  const { cluster, asked, replica } = question;
  const wanted = asked.wanted.alertmanager;
  if (!wanted) return Promise.resolve(false);
  return withTrouble(question, async (confirmation) => {
    await annotate(question, wanted.annotation);
    const hash = await readConfigHash(cluster, replica);
    if (asked.wanted.alertmanager?.hash !== wanted.hash) return false;
    if (hash !== undefined) confirmation.alertmanagerHash = hash;
    if (hash === wanted.hash) delete confirmation.trouble;
    else noteRefusal(question, confirmation, await reloadAlertmanager(cluster, replica));
    return hash === wanted.hash;
  });
}

async function withTrouble({ asked, replica }: LiveQuestion, ask: (confirmation: Confirmation) => Promise<boolean>): Promise<boolean> {
  const confirmation = freshConfirmation(asked, replica);
  try {
    return await ask(confirmation);
  } catch (error) {
    confirmation.trouble = error instanceof Error ? error.message : String(error);
    return false;
  }
}

function noteRefusal({ onRefused }: LiveQuestion, confirmation: Confirmation, message: string | undefined): void {
  if (message === undefined) return;
  confirmation.trouble = `refuses it: ${message}`;
  onRefused(message);
}

/** Tells the kubelet that there is something new: it looks at the ConfigMaps of a pod that changed at once. */
async function annotate({ cluster, replica, nudge }: LiveQuestion, hash: string): Promise<void> {
  const { namespace, pod, annotations } = replica;
  const wanted: Record<string, string> = { [ANNOTATION_CONFIG_HASH]: hash };
  if (nudge > 0) wanted[ANNOTATION_CONFIG_NUDGE] = `${hash}.${nudge}`;
  if (Object.entries(wanted).every(([key, value]) => annotations[key] === value)) return;
  await cluster.patchMetadata({ apiVersion: 'v1', kind: 'Pod', namespace, name: pod }, { annotations: wanted });
}
