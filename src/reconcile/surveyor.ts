import { isDeepStrictEqual } from 'node:util';
import { LABEL_OWNER } from '../api/group.ts';
import type { KubeObject, StringMap } from '../api/kube-object.ts';
import type { Cluster } from '../kube/cluster.ts';
import { isKubeError } from '../kube/errors.ts';
import { resourceType } from '../kube/resource-types.ts';
import { PART_LABELS, SYSTEM_NAMESPACE, type ClusterSurvey, type PodPart, type ServedApi, type SurveyedNode, type SurveyedPod } from '../render/cluster-survey.ts';
import { METRICS_APIS } from '../render/metrics-api/served-apis.ts';

/** How long a survey is good for: platforms change rarely, and every pass over a stack of scope Cluster asks for one. */
const GOOD_FOR_MS = 5 * 60_000;
/** Nodes of one cluster are alike as far as it matters here. */
const NODES_READ = 3;
/** kube-proxy's ConfigMaps: kubeadm's, and that of EKS. */
const PROXY_CONFIGS = ['kube-proxy', 'kube-proxy-config'];

type Reader = Pick<Cluster, 'list' | 'read' | 'serverVersion'>;

/** Looks around in a cluster for what decides how it can be monitored, and remembers what it saw for a while. */
export class Surveyor {
  readonly #cluster: Reader;
  readonly #now: () => number;
  #last: { readonly survey: ClusterSurvey; readonly atMs: number } | undefined;
  #running: Promise<ClusterSurvey> | undefined;

  /** @param now milliseconds that only ever pass */
  constructor(cluster: Reader, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /**
   * What there is, at most five minutes old; the same object as before while nothing moved. What the API server refuses is in
   * it as refused; rejects with the KubeError of anything else, unless there is an older survey to go on with.
   */
  async survey(): Promise<ClusterSurvey> {
    if (this.#last && this.#now() - this.#last.atMs < GOOD_FOR_MS) return this.#last.survey;
    this.#running ??= this.#look().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #look(): Promise<ClusterSurvey> {
    const before = this.#last?.survey;
    try {
      const found = await surveyOf(this.#cluster, before);
      const survey = before && isDeepStrictEqual(before, found) ? before : found;
      this.#last = { survey, atMs: this.#now() };
      return survey;
    } catch (error) {
      if (before && isKubeError(error)) return before;
      throw error;
    }
  }
}

async function surveyOf(cluster: Reader, before: ClusterSurvey | undefined): Promise<ClusterSurvey> {
  const refused = new Set<string>();
  const unlessRefused = async <T>(what: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (!isKubeError(error, 'forbidden')) throw error;
      refused.add(what);
      return undefined;
    }
  };
  const [version, nodes, pods, proxyConfig, apis] = await Promise.all([
    cluster.serverVersion(),
    unlessRefused('list nodes', () => lookAtNodes(cluster)),
    unlessRefused(`list pods in ${SYSTEM_NAMESPACE}`, () => lookAtPods(cluster)),
    unlessRefused(`get configmaps in ${SYSTEM_NAMESPACE}`, () => readProxyConfig(cluster)),
    unlessRefused('get apiservices', () => lookAtApis(cluster)),
  ]);
  return {
    version,
    nodeCount: steady(nodes?.count ?? 0, before?.nodeCount),
    nodes: nodes?.sample ?? [],
    pods: withThoseOf(before?.pods, pods ?? {}),
    ...(proxyConfig === undefined ? {} : { proxyConfig }),
    apis: apis ?? new Map(),
    refused: [...refused].sort(),
  };
}

/** What was there once counts as there: its jobs and alerts are wanted most when its last pod has gone. */
function withThoseOf(before: ClusterSurvey['pods'] = {}, found: ClusterSurvey['pods']): ClusterSurvey['pods'] {
  const missed = Object.entries(before).filter(([part, pods]) => pods.length > 0 && found[part as PodPart]?.length === 0);
  return { ...found, ...Object.fromEntries(missed) };
}

/** The count that sizes follow: up at once, down only once a third has gone. An autoscaler at a step would roll pods all day. */
function steady(count: number, before: number | undefined): number {
  return before !== undefined && count < before && count > (before * 2) / 3 ? before : count;
}

interface NodeObject {
  readonly spec?: { readonly providerID?: string };
  readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } };
}

async function lookAtNodes(cluster: Reader): Promise<{ readonly count: number; readonly sample: readonly SurveyedNode[] }> {
  const { items } = await cluster.list(resourceType('v1', 'Node'), { metadataOnly: true });
  const names = items.map(({ metadata }) => metadata.name).sort().slice(0, NODES_READ);
  const read = await Promise.all(names.map((name) => cluster.read({ apiVersion: 'v1', kind: 'Node', name })));
  return { count: items.length, sample: read.flatMap((node) => (node ? [surveyedNode(node)] : [])) };
}

function surveyedNode(node: KubeObject): SurveyedNode {
  const { spec, status } = node as NodeObject;
  return { providerId: spec?.providerID ?? '', kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '', labels: node.metadata.labels ?? {} };
}

async function lookAtPods(cluster: Reader): Promise<Partial<Record<PodPart, readonly SurveyedPod[]>>> {
  const keys = [...new Set(Object.values(PART_LABELS).flat().map(([key]) => key))];
  const lists = await Promise.all(keys.map((key) => {
    const values = [...new Set(Object.values(PART_LABELS).flat().flatMap(([one, value]) => (one === key ? [value] : [])))];
    return cluster.list(resourceType('v1', 'Pod'), { namespace: SYSTEM_NAMESPACE, labelSelector: `${key} in (${values.join(',')})` });
  }));
  const pods = [...new Map(lists.flatMap(({ items }) => items).map((pod) => [pod.metadata.name, pod])).values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const of = (part: PodPart): SurveyedPod[] => distinct(pods.filter(({ metadata }) => PART_LABELS[part].some(([key, value]) => metadata.labels?.[key] === value)).map(surveyedPod));
  return { controllerManager: of('controllerManager'), scheduler: of('scheduler'), proxy: of('proxy'), etcd: of('etcd'), dns: of('dns') };
}

/** Of pods that are started alike one is enough to know: kube-proxy has one on every node. */
function distinct(pods: readonly SurveyedPod[]): SurveyedPod[] {
  return [...new Map(pods.map((pod) => [JSON.stringify([withoutNames(pod.command), pod.ports]), pod]).reverse() as [string, SurveyedPod][]).values()].reverse();
}

function withoutNames(command: readonly string[]): string[] {
  return command.filter((argument) => !/^--(?:hostname-override|name|advertise|initial|listen-(?:client|peer))/.test(argument));
}

interface PodObject {
  readonly spec?: {
    readonly containers?: readonly { readonly command?: readonly string[]; readonly args?: readonly string[]; readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[] }[];
  };
}

function surveyedPod(pod: KubeObject): SurveyedPod {
  const { containers = [] } = (pod as PodObject).spec ?? {};
  return {
    name: pod.metadata.name,
    command: containers.flatMap(({ command = [], args = [] }) => [...command, ...args]),
    ports: containers.flatMap(({ ports = [] }) => ports.map(({ name = '', containerPort }) => ({ name, port: containerPort }))),
  };
}

async function readProxyConfig(cluster: Reader): Promise<string | undefined> {
  for (const name of PROXY_CONFIGS) {
    const object = await cluster.read({ apiVersion: 'v1', kind: 'ConfigMap', namespace: SYSTEM_NAMESPACE, name });
    const text = Object.values((object?.['data'] ?? {}) as StringMap).find((value) => value.includes('KubeProxyConfiguration'));
    if (text !== undefined) return text;
  }
  return undefined;
}

interface ApiServiceObject {
  readonly spec?: { readonly service?: { readonly namespace?: string; readonly name?: string } };
}

async function lookAtApis(cluster: Reader): Promise<ReadonlyMap<string, ServedApi>> {
  const found = await Promise.all(METRICS_APIS.map((name) => cluster.read({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', name })));
  return new Map(found.flatMap((object): [string, ServedApi][] => {
    const { namespace = '', name = '' } = (object as ApiServiceObject | undefined)?.spec?.service ?? {};
    const owner = object?.metadata.labels?.[LABEL_OWNER];
    return object ? [[object.metadata.name, { service: `${namespace}/${name}`, ...(owner === undefined ? {} : { owner }) }]] : [];
  }));
}
