import { API_VERSION } from '../api/group.ts';
import type { ResourceType } from './cluster.ts';

type Kinds = Readonly<Record<string, string>>;

function typesOf(apiVersion: string, namespaced: boolean, kinds: Kinds): ResourceType[] {
  return Object.entries(kinds).map(([kind, plural]) => ({ apiVersion, kind, plural, namespaced }));
}

/** Every kind that we write or watch: asking the API server for what never changes would cost each start a round trip. */
const KNOWN: readonly ResourceType[] = [
  ...typesOf(API_VERSION, true, {
    MonitoringStack: 'monitoringstacks',
    ScrapeTarget: 'scrapetargets',
    AlertPolicy: 'alertpolicies',
  }),
  ...typesOf('v1', true, {
    ConfigMap: 'configmaps',
    Endpoints: 'endpoints',
    Event: 'events',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    Pod: 'pods',
    Secret: 'secrets',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  }),
  ...typesOf('v1', false, { Namespace: 'namespaces', Node: 'nodes', PersistentVolume: 'persistentvolumes' }),
  ...typesOf('apps/v1', true, {
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  }),
  ...typesOf('rbac.authorization.k8s.io/v1', true, { Role: 'roles', RoleBinding: 'rolebindings' }),
  ...typesOf('rbac.authorization.k8s.io/v1', false, {
    ClusterRole: 'clusterroles',
    ClusterRoleBinding: 'clusterrolebindings',
  }),
  ...typesOf('networking.k8s.io/v1', true, { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' }),
  ...typesOf('networking.k8s.io/v1', false, { IngressClass: 'ingressclasses' }),
  ...typesOf('policy/v1', true, { PodDisruptionBudget: 'poddisruptionbudgets' }),
  ...typesOf('storage.k8s.io/v1', false, { StorageClass: 'storageclasses' }),
  ...typesOf('coordination.k8s.io/v1', true, { Lease: 'leases' }),
  ...typesOf('discovery.k8s.io/v1', true, { EndpointSlice: 'endpointslices' }),
  ...typesOf('events.k8s.io/v1', true, { Event: 'events' }),
  ...typesOf('autoscaling/v2', true, { HorizontalPodAutoscaler: 'horizontalpodautoscalers' }),
  ...typesOf('batch/v1', true, { CronJob: 'cronjobs', Job: 'jobs' }),
  ...typesOf('apiregistration.k8s.io/v1', false, { APIService: 'apiservices' }),
  ...typesOf('apiextensions.k8s.io/v1', false, { CustomResourceDefinition: 'customresourcedefinitions' }),
  ...typesOf('admissionregistration.k8s.io/v1', false, {
    ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
    ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
    ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  }),
  ...typesOf('authentication.k8s.io/v1', false, {
    SelfSubjectReview: 'selfsubjectreviews',
    TokenReview: 'tokenreviews',
  }),
  ...typesOf('authorization.k8s.io/v1', false, {
    SelfSubjectAccessReview: 'selfsubjectaccessreviews',
    SubjectAccessReview: 'subjectaccessreviews',
  }),
  ...typesOf('authorization.k8s.io/v1', true, { LocalSubjectAccessReview: 'localsubjectaccessreviews' }),
  ...typesOf('scheduling.k8s.io/v1', false, { PriorityClass: 'priorityclasses' }),
];

const BY_KIND = new Map(KNOWN.map((type) => [`${type.apiVersion}/${type.kind}`, type]));

/** The resource type of a kind that every Kubernetes has (or that is ours); undefined for others: discovery knows those. */
export function knownResourceType(apiVersion: string, kind: string): ResourceType | undefined {
  return BY_KIND.get(`${apiVersion}/${kind}`);
}

/** The same, for kinds that the caller knows to be in the table. */
export function resourceType(apiVersion: string, kind: string): ResourceType {
  const type = knownResourceType(apiVersion, kind);
  if (!type) throw new Error(`${apiVersion} ${kind} is not in the table of resource types`);
  return type;
}

/** The kinds of one group and version that are in the table. */
export function knownResourceTypes(apiVersion: string): ResourceType[] {
  return KNOWN.filter((type) => type.apiVersion === apiVersion);
}

/** The path of a group and version: `/api/v1`, `/apis/apps/v1`. */
export function groupVersionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The path of all objects of a type, in one namespace where given, or of one of them. */
export function resourcePath(type: ResourceType, namespace?: string, name?: string): string {
  const base = groupVersionPath(type.apiVersion);
  const space = type.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const last = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${base}${space}/${type.plural}${last}`;
}
