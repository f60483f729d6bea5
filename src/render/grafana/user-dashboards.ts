import type { KubeObject, StringMap } from '../../api/kube-object.ts';
import { stableHash } from '../../lib/stable-hash.ts';
import { COMPONENTS, grafanaUserDashboardsConfigMap, USER_DASHBOARD_MAP_COUNT } from '../names.ts';
import { configMap } from '../pod/config-map.ts';
import type { StackContext } from '../stack-context.ts';
import type { ClusterFacts } from '../stack-input.ts';

/** Well below etcd's limit of 1.5 MiB and the API server's of 1 MiB for a ConfigMap's data. */
const MAX_BYTES = 900 * 1024;

interface DashboardFile {
  readonly name: string;
  readonly content: string;
}

/**
 * Copies of the dashboards that users brought, in a fixed number of ConfigMaps that Grafana's pod names beforehand: a pod
 * can mount ConfigMaps of its own namespace only, and a new volume would restart it.
 */
export function userDashboards(context: Pick<StackContext, 'stack'>, brought: ClusterFacts['userDashboards']): KubeObject[] {
  const buckets = new Map<number, DashboardFile[]>();
  for (const file of files(brought)) place(buckets, file);
  return [...buckets.entries()]
    .sort(([a], [b]) => a - b)
    // Not labelled as dashboards: they would be taken for ones that users brought, and copied in turn.
    .map(([bucket, content]) => configMap(context, {
      component: COMPONENTS.grafana,
      name: grafanaUserDashboardsConfigMap(context.stack.metadata, bucket),
      data: Object.fromEntries(content.map((file) => [file.name, file.content])),
    }));
}

function files(brought: ClusterFacts['userDashboards']): DashboardFile[] {
  return [...brought.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([source, data]) => filesOf(source, data));
}

function filesOf(source: string, data: StringMap): DashboardFile[] {
  return Object.entries(data)
    .filter(([key]) => key.endsWith('.json'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    // Two namespaces may both bring an overview.json, and all of them end up in one folder.
    .map(([key, content]) => ({ name: fileName(source, key), content: minified(content) }));
}

/** `namespace_configmap_key`, or a hash where that would be too long for a key. */
function fileName(source: string, key: string): string {
  const name = `${source.replace('/', '_')}_${key}`;
  return name.length <= 253 ? name : `${stableHash(name)}.json`;
}

/** Without spaces where it is JSON; Grafana's log says what is wrong where it is not. */
function minified(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content));
  } catch {
    return content;
  }
}

/** The bucket that the name hashes to, or the next that has room; what fits nowhere is left out. */
function place(buckets: Map<number, DashboardFile[]>, file: DashboardFile): void {
  const first = Number.parseInt(stableHash(file.name).slice(0, 8), 16) % USER_DASHBOARD_MAP_COUNT;
  for (let step = 0; step < USER_DASHBOARD_MAP_COUNT; step += 1) {
    const bucket = (first + step) % USER_DASHBOARD_MAP_COUNT;
    const there = buckets.get(bucket) ?? [];
    if (bytes([...there, file]) > MAX_BYTES) continue;
    buckets.set(bucket, [...there, file]);
    return;
  }
}

function bytes(content: readonly DashboardFile[]): number {
  return content.reduce((sum, file) => sum + Buffer.byteLength(file.name) + Buffer.byteLength(file.content), 0);
}
