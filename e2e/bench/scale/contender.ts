import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { ListOptions, ResourceType } from '../../../src/kube/cluster.ts';

/** An operator under measurement. All of them get the same load, in their own words. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  /** Its user, by whom the audit log tells its writes from ours. */
  readonly user: string;
  /** CRDs as YAML. */
  crds(): Promise<string>;
  /** What makes it write one Prometheus config for all namespaces. */
  stack(): KubeObject;
  command(options: { readonly kubeconfig: string; readonly port: number }): Promise<{ readonly command: readonly string[]; readonly env?: Readonly<Record<string, string>> }>;
  /** Resolves once the process has begun its work. */
  ready(port: number): Promise<unknown>;
  /** The resource that scrapes the Service of this number; the mark goes into one of its relabel rules. */
  target(index: number, mark: string): KubeObject;
  /** Where it writes the config. */
  readonly config: { readonly type: ResourceType; readonly options: ListOptions };
  /** The text of the config that is in one of those objects. */
  configText(object: KubeObject): string;
  /** How many ScrapeTargets' or ServiceMonitors' jobs are in a text. */
  jobsIn(text: string): number;
}

/** Namespace of the stack. */
export const HOME = 'monitoring';
const NAMESPACES = 20;

/** The namespaces that the load is spread over. */
export const namespaces = Array.from({ length: NAMESPACES }, (_, index) => `team-${index}`);

/** Name and namespace of the resource of this number, and of its Service. */
export function placeOf(index: number): { readonly name: string; readonly namespace: string } {
  return { name: `app-${index}`, namespace: namespaces[index % NAMESPACES] as string };
}

/** The Service that the resource of this number selects: without an address, since nobody ever asks it. */
export function service(index: number): KubeObject {
  const { name, namespace } = placeOf(index);
  return {
    apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, labels: { app: name, tier: 'backend' } },
    spec: { clusterIP: 'None', selector: { app: name }, ports: [{ name: 'http', port: 80 }, { name: 'metrics', port: 8080 }] },
  };
}

/** How often a text holds a part. */
export function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found += 1;
  return found;
}
