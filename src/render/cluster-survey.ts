import type { KubernetesPart } from '../api/cluster-settings.ts';
import type { StringMap } from '../api/kube-object.ts';

/** A node, as far as it tells what kind of platform it belongs to. */
export interface SurveyedNode {
  /** Like aws:///eu-west-1a/i-0123, kind://docker/kind/worker; empty where nobody set it. */
  readonly providerId: string;
  /** Like v1.34.4, v1.33.5-gke.1080000, v1.34.1+k3s1. */
  readonly kubeletVersion: string;
  readonly labels: StringMap;
}

/** The parts of Kubernetes that may run as pods in kube-system. */
export type PodPart = Exclude<KubernetesPart, 'apiServer' | 'kubelet'>;

/** A pod of one of Kubernetes' own parts. */
export interface SurveyedPod {
  readonly name: string;
  /** Command and arguments of all its containers. */
  readonly command: readonly string[];
  /** Declared container ports. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/** Who serves an aggregated API. */
export interface ServedApi {
  /** namespace/name of the Service behind it. */
  readonly service: string;
  /** uid of the MonitoringStack that it belongs to; absent where it is no stack's. */
  readonly owner?: string;
}

/**
 * The platform as somebody found it who looked around in the cluster: what decides which parts of Kubernetes can be scraped,
 * and which APIs are served already. Small, and the same from one look to the next while nothing moves.
 */
export interface ClusterSurvey {
  /** The API server's version, like v1.34.4-eks-1234567. */
  readonly version: string;
  /** How many nodes there are, steadied: it does not follow every node that comes and goes. */
  readonly nodeCount: number;
  /** Some nodes, by name. */
  readonly nodes: readonly SurveyedNode[];
  readonly pods: Readonly<Partial<Record<PodPart, readonly SurveyedPod[]>>>;
  /** kube-proxy's config, where a ConfigMap in kube-system holds it. */
  readonly proxyConfig?: string;
  /** APIServices by name, of those that a stack may bring. */
  readonly apis: ReadonlyMap<string, ServedApi>;
  /** What could not be looked at, like `list nodes`. */
  readonly refused: readonly string[];
}

/** The labels by which the pods of each part are known: one of them is enough. First kubeadm's, then those of other installers. */
export const PART_LABELS: Readonly<Record<PodPart, readonly (readonly [key: string, value: string])[]>> = {
  controllerManager: [['component', 'kube-controller-manager'], ['k8s-app', 'kube-controller-manager']],
  scheduler: [['component', 'kube-scheduler'], ['k8s-app', 'kube-scheduler']],
  proxy: [['k8s-app', 'kube-proxy'], ['component', 'kube-proxy']],
  etcd: [['component', 'etcd'], ['k8s-app', 'etcd']],
  dns: [['k8s-app', 'kube-dns']],
};

/** Where these parts run. */
export const SYSTEM_NAMESPACE = 'kube-system';
