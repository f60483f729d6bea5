import type { KubeObject, StringMap } from '../api/kube-object.ts';
import { alertmanagerConfigSecret, prometheusBaseConfigMap, prometheusCredentialsSecret } from '../render/names.ts';
import type { RenderedStack } from './render-files.ts';

/**
 * The files that Prometheus and Alertmanager read, by path: `prometheus/<stack>/prometheus.yml` with all it includes
 * (further shards in `prometheus/<stack>-shard-<n>/`) and `alertmanager/<stack>/alertmanager.yaml`.
 */
export function stackFiles(stacks: readonly RenderedStack[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const stack of stacks) {
    for (const [path, text] of filesOf(stack, folderName(stack, stacks))) files.set(path, text);
  }
  return files;
}

/** A stack's name; with its namespace where two stacks of one name would share the folder. */
function folderName({ input }: RenderedStack, stacks: readonly RenderedStack[]): string {
  const { name, namespace } = input.stack.metadata;
  const isShared = stacks.filter((other) => other.input.stack.metadata.name === name).length > 1;
  return isShared ? `${namespace}-${name}` : name;
}

function filesOf({ input, rendered }: RenderedStack, folder: string): [string, string][] {
  const { name, namespace } = input.stack.metadata;
  const stack = { name, namespace };
  const data = (kind: string, object: string): [string, string][] => Object.entries(dataOf(rendered.objects, kind, object));
  const shards = [...new Set(rendered.buckets.map(({ shard }) => shard))].sort((a, b) => a - b);
  const prometheus = shards.flatMap((shard) => {
    const directory = `prometheus/${folder}${shard === 0 ? '' : `-shard-${shard}`}`;
    const configMaps = new Set([prometheusBaseConfigMap(stack, shard), ...rendered.buckets.filter((bucket) => bucket.shard === shard).map(({ configMap }) => configMap)]);
    const config = [...configMaps].flatMap((configMap) => data('ConfigMap', configMap));
    const credentials = data('Secret', prometheusCredentialsSecret(stack)).map(([key, value]): [string, string] => [`credentials/${key}`, value]);
    return [...config, ...withPlaceholders(config, credentials)].map(([file, text]): [string, string] => [`${directory}/${file}`, text]);
  });
  const alertmanager = data('Secret', alertmanagerConfigSecret(stack)).map(([key, value]): [string, string] => [`alertmanager/${folder}/${key}`, value]);
  return [...prometheus, ...alertmanager];
}

/** Without a cluster nobody knows what Secrets and tokens hold, but promtool wants the files that a config names. */
function withPlaceholders(config: readonly [string, string][], credentials: readonly [string, string][]): [string, string][] {
  const named = config.flatMap(([, text]) => [...text.matchAll(/\b(?:credentials\/[-\w.]+|serviceaccount\/(?:token|ca\.crt))/g)].map(([path]) => path));
  return [...new Map([...named.map((path): [string, string] => [path, '']), ...credentials])];
}

function dataOf(objects: readonly KubeObject[], kind: string, name: string): StringMap {
  const object = objects.find((candidate) => candidate.kind === kind && candidate.metadata.name === name);
  const encoded = (object?.['data'] ?? {}) as StringMap;
  if (kind !== 'Secret') return encoded;
  const decoded = Object.entries(encoded).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]);
  return { ...Object.fromEntries(decoded), ...(object?.['stringData'] as StringMap | undefined) };
}
