import { crd } from '../api/crd.ts';
import type { KubeObject, StringMap } from '../api/kube-object.ts';
import { RESOURCE_KINDS } from '../api/parse.ts';
import { IMAGE_REPOSITORY, METRICS_PORT, OPERATOR_NAME, OPERATOR_NAMESPACE, PROCESS_ENV } from './install-defaults.ts';
import { OPERATOR_PORT } from '../render/names.ts';
import { CLUSTER_RULES, NAMESPACE_RULES } from './rbac.ts';
import { BELFRY_VERSION } from './version.ts';

export interface InstallSettings {
  readonly namespace: string;
  /** With its tag. */
  readonly image: string;
}

/** What `belfry install` and config/ use when nothing is said. */
export const DEFAULT_INSTALL: InstallSettings = { namespace: OPERATOR_NAMESPACE, image: `${IMAGE_REPOSITORY}:${BELFRY_VERSION}` };

/** The three CustomResourceDefinitions. */
export function crdManifests(): KubeObject[] {
  return RESOURCE_KINDS.map(crd);
}

const labels: StringMap = { 'app.kubernetes.io/name': OPERATOR_NAME };
/** The `node` user of the image. */
const USER_ID = 1000;

/** The operator itself, in the order in which it has to be applied: namespace and permissions first. */
export function operatorManifests(settings: InstallSettings): KubeObject[] {
  return [namespace(settings), serviceAccount(settings), ...clusterAccess(settings), ...namespaceAccess(settings), service(settings), deployment(settings)];
}

function namespace({ namespace: name }: InstallSettings): KubeObject {
  const security = Object.fromEntries(['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']));
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...labels, ...security } } };
}

function serviceAccount({ namespace }: InstallSettings): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: OPERATOR_NAME, namespace, labels } };
}

function clusterAccess(settings: InstallSettings): KubeObject[] {
  return [
    { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: OPERATOR_NAME, labels }, rules: CLUSTER_RULES.map(({ rule }) => rule) },
    {
      apiVersion: RBAC,
      kind: 'ClusterRoleBinding',
      metadata: { name: OPERATOR_NAME, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: OPERATOR_NAME },
      subjects: [subject(settings)],
    },
  ];
}

const RBAC = 'rbac.authorization.k8s.io/v1';

function namespaceAccess(settings: InstallSettings): KubeObject[] {
  const metadata = { name: OPERATOR_NAME, namespace: settings.namespace, labels };
  return [
    { apiVersion: RBAC, kind: 'Role', metadata, rules: NAMESPACE_RULES.map(({ rule }) => rule) },
    { apiVersion: RBAC, kind: 'RoleBinding', metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: OPERATOR_NAME }, subjects: [subject(settings)] },
  ];
}

function subject({ namespace }: InstallSettings): object {
  return { kind: 'ServiceAccount', name: OPERATOR_NAME, namespace };
}

function service({ namespace }: InstallSettings): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    // Without annotations for discovery: stacks of scope Cluster know the operator, and would have every series twice.
    metadata: { name: OPERATOR_NAME, namespace, labels },
    spec: { selector: labels, ports: [{ name: OPERATOR_PORT, port: METRICS_PORT, targetPort: OPERATOR_PORT }] },
  };
}

function deployment({ namespace, image }: InstallSettings): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: OPERATOR_NAME, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: OPERATOR_NAME,
          securityContext: { runAsNonRoot: true, runAsUser: USER_ID, runAsGroup: USER_ID, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(image)],
        },
      },
    },
  };
}

function container(image: string): object {
  return {
    name: 'belfry',
    image,
    args: ['run', '--namespace=$(POD_NAMESPACE)', `--metrics-address=0.0.0.0:${METRICS_PORT}`],
    env: [field('POD_NAMESPACE', 'metadata.namespace'), field('POD_NAME', 'metadata.name'), ...Object.entries(PROCESS_ENV).map(([name, value]) => ({ name, value }))],
    ports: [{ name: OPERATOR_PORT, containerPort: METRICS_PORT }],
    livenessProbe: { httpGet: { path: '/healthz', port: OPERATOR_PORT }, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/readyz', port: OPERATOR_PORT }, periodSeconds: 5 },
    resources: { requests: { cpu: '50m', memory: '100Mi' }, limits: { memory: '1Gi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  };
}

function field(name: string, fieldPath: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
