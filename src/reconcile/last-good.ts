import { LABEL_PART, LABEL_STACK, PART_PROMETHEUS_CONFIG } from '../api/group.ts';
import { refKey, type KubeObject } from '../api/kube-object.ts';
import type { Cluster } from '../kube/cluster.ts';
import { resourceType } from '../kube/resource-types.ts';
import { routingFromLive } from '../render/alert-policy/routing-from-live.ts';
import { alertmanagerConfigSecret, prometheusCredentialsSecret } from '../render/names.ts';
import { piecesFromLive } from '../render/prometheus-config/last-good.ts';
import type { Rendered } from '../render/rendered.ts';
import { credentialFilesOf } from '../render/scrape-target/last-good.ts';
import type { KeptText } from './gather-memory.ts';
import type { StackState } from './stack-state.ts';

/** The texts that are live now: of the last pass, or (after a restart) as the API server has them. */
interface LiveTexts {
  readonly pieces: ReadonlyMap<string, { readonly scrape?: string; readonly rules?: string }>;
  /** The stack's credentials: file name to content, base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly alertmanager?: string;
}

/**
 * Finds the last good version of every resource that was rejected just now and puts it into the stack's memory, so that
 * the next rendering keeps it; forgets those that are good again. Returns whether anything new was found.
 */
export async function findKept(cluster: Cluster, state: StackState, rendered: Rendered): Promise<boolean> {
  // What Prometheus refused was written before it was refused: there is no good version of it to find.
  const rejected = new Map(rendered.rejections.filter(({ reason }) => reason !== 'RefusedByPrometheus').map(({ object }) => [refKey(object), object]));
  const { kept } = state.memory;
  for (const owner of kept.keys()) if (!rejected.has(owner)) kept.delete(owner);
  for (const owner of state.searched.keys()) if (!rejected.has(owner)) state.searched.delete(owner);

  const wanted = [...rejected.keys()].filter((owner) => !kept.has(owner) && state.searched.get(owner) !== generationOf(state, owner));
  if (wanted.length === 0) return false;
  const texts = state.rendered ? textsOf(state.rendered, state) : await readTexts(cluster, state);
  for (const owner of wanted) {
    state.searched.set(owner, generationOf(state, owner));
    const text = keptText(texts, owner);
    if (text) kept.set(owner, text);
  }
  return wanted.some((owner) => kept.has(owner));
}

function keptText({ pieces, files, alertmanager }: LiveTexts, owner: string): KeptText | undefined {
  const piece = pieces.get(owner);
  // One that never was good has no part in it, and nothing of it stays.
  const hasRoutes = owner.startsWith('AlertPolicy/') && alertmanager !== undefined && routingFromLive(alertmanager, owner) !== undefined;
  if (!piece && !hasRoutes) return undefined;
  return { ...piece, ...(piece?.scrape === undefined ? {} : { files: filesOf(piece.scrape, files) }), ...(hasRoutes ? { alertmanager } : {}) };
}

function filesOf(scrape: string, files: Readonly<Record<string, string>>): Map<string, string> {
  return new Map([...credentialFilesOf(scrape)].flatMap((file) => (files[file] === undefined ? [] : [[file, files[file]]])));
}

function generationOf(state: StackState, owner: string): number {
  const key = owner.slice(owner.indexOf('/') + 1);
  const resource = owner.startsWith('ScrapeTarget/') ? state.memory.targets.get(key)?.input.target : state.memory.policies.get(key)?.input.policy;
  return resource?.metadata.generation ?? 0;
}

function textsOf(rendered: Rendered, { stack }: StackState): LiveTexts {
  const credentials = prometheusCredentialsSecret(stack.metadata);
  const configMaps = rendered.objects.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels?.[LABEL_PART] === PART_PROMETHEUS_CONFIG);
  return {
    pieces: piecesFromLive(configMaps),
    files: dataOf(rendered.objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === credentials)),
    ...(rendered.alertmanagerConfig === undefined ? {} : { alertmanager: rendered.alertmanagerConfig }),
  };
}

async function readTexts(cluster: Cluster, { stack }: StackState): Promise<LiveTexts> {
  const { namespace, name } = stack.metadata;
  const labelSelector = `${LABEL_PART}=${PART_PROMETHEUS_CONFIG},${LABEL_STACK}=${name}`;
  const { items } = await cluster.list(resourceType('v1', 'ConfigMap'), { namespace, labelSelector });
  const secret = (named: string): Promise<KubeObject | undefined> => cluster.read({ apiVersion: 'v1', kind: 'Secret', namespace, name: named });
  const files = dataOf(await secret(prometheusCredentialsSecret(stack.metadata)));
  const alertmanager = decoded(await secret(alertmanagerConfigSecret({ namespace, name })), 'alertmanager.yaml');
  return { pieces: piecesFromLive(items), files, ...(alertmanager === undefined ? {} : { alertmanager }) };
}

function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  return (object?.['data'] ?? {}) as Readonly<Record<string, string>>;
}

function decoded(secret: KubeObject | undefined, key: string): string | undefined {
  const value = dataOf(secret)[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}
