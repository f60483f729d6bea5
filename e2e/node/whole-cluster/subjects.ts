import { CLUSTER_PORT, NAMESPACE, SCRIPTS, SHOP, TROUBLE } from './stack.ts';

/** e2e/support/programs/test-subject */
export const SUBJECT_IMAGE = 'belfry.dev/test/subject:dev';
/** A namespace with a small stack of its own, and a prefix of its own for annotations. */
export const TEAM = 'team';
/** The node's, to its Prometheus. */
export const TEAM_PORT = 30_191;
export const TEAM_PREFIX = 'watch.team.example';

interface ContainerOptions {
  readonly args?: readonly string[];
  readonly resources?: object;
  readonly volumeMounts?: readonly object[];
}

/** A namespace with a stack that asks for a volume which nobody provides. */
export const STORED = 'stored';

const container = ({ args = ['serve'], resources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } }, ...more }: ContainerOptions = {}) => ({
  name: 'app', image: SUBJECT_IMAGE, args, resources, ...more,
  // Only then are the last lines of the log in the pod's status, where others than the kubelet can read them.
  terminationMessagePolicy: 'FallbackToLogsOnError',
});

interface PodOptions extends ContainerOptions {
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly volumes?: readonly object[];
}

const pod = (name: string, { namespace = SHOP, annotations = {}, volumes = [], ...options }: PodOptions = {}) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: name }, annotations }, spec: { containers: [container(options)], volumes, terminationGracePeriodSeconds: 0 },
});

const deployment = (name: string, annotations: Readonly<Record<string, string>>, limits: object = {}) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: SHOP },
  spec: {
    replicas: 1, selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name }, annotations }, spec: { containers: [container({ resources: { requests: { cpu: '50m', memory: '16Mi' }, limits } })], terminationGracePeriodSeconds: 0 } },
  },
});

const autoscaler = (name: string, metric: object) => ({
  apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace: SHOP },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 1, maxReplicas: 3, metrics: [metric],
    behavior: { scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 10, periodSeconds: 5 }] } },
  },
});

interface ServiceOptions {
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Label of its pods; default: its own name. */
  readonly app?: string;
  /** Its name is that of the pods' addresses. */
  readonly headless?: boolean;
}

const service = (name: string, { namespace = SHOP, annotations = {}, app = name, headless = false }: ServiceOptions = {}) => ({
  apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, labels: { app: name }, annotations }, spec: { ...(headless ? { clusterIP: 'None' } : {}), selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
});

/** Nothing here answers for an Ingress: its host is the name of the Service, so that the probe reaches what is behind it. */
const ingress = (name: string, behind: string, { namespace = SHOP, annotations = {} }: { readonly namespace?: string; readonly annotations?: Readonly<Record<string, string>> } = {}) => ({
  apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name, namespace, labels: { app: name }, annotations },
  spec: { rules: [{ host: `${behind}.${namespace}.svc.cluster.local`, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: behind, port: { name: 'http' } } } }] } }] },
});

const probed = (name: string, namespace: string, of: object) => ({ apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name, namespace }, spec: { probe: { module: 'http_2xx', of } } });

/** The way to a stack's Prometheus from outside of the cluster. */
const open = (stack: string, namespace: string, nodePort: number) => ({
  apiVersion: 'v1', kind: 'Service', metadata: { name: 'open-prometheus', namespace },
  spec: { type: 'NodePort', selector: { 'app.kubernetes.io/name': 'prometheus', 'belfry.dev/stack': stack }, ports: [{ port: 9090, nodePort }] },
});

const asked = (prefix: string) => ({ [`${prefix}/scrape`]: 'true', [`${prefix}/port`]: '8080' });
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** All workloads that the stack looks at: those that scale, those that are found, those that are in trouble. */
export function subjects({ webhook, address, node }: { readonly webhook: string; readonly address: string; readonly node: string }): object[] {
  return [
    namespace(SHOP), namespace(TROUBLE), namespace(TEAM), namespace(STORED),
    {
      apiVersion: 'belfry.dev/v1alpha1', kind: 'AlertPolicy', metadata: { name: 'pager', namespace: NAMESPACE },
      spec: { receivers: [{ name: 'pager', webhook: { url: `${webhook}/` } }], routes: [{ receiver: 'pager', groupBy: ['...'], groupWait: '1s', groupInterval: '5s' }] },
    },
    { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'kubelet-health', namespace: NAMESPACE }, spec: { static: { targets: [`${address}:10249`] } } },
    open('cluster', NAMESPACE, CLUSTER_PORT), open('team', TEAM, TEAM_PORT),
    scripts('echo "the clock is $1 s off"; exit 1'), ...scaled(), ...found(), ...stored(node), ...troubled(),
  ];
}

/** The ConfigMap with the script of the plugin. */
export function scripts(body: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: SCRIPTS.configMap, namespace: NAMESPACE }, data: { [SCRIPTS.key]: `#!/bin/sh\n${body}\n` } };
}

function scaled(): object[] {
  return [
    deployment('burner', {}, { cpu: '500m', memory: '64Mi' }),
    autoscaler('burner', { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }),
    deployment('worker', asked('prometheus.io')),
    autoscaler('worker', { type: 'Pods', pods: { metric: { name: 'queue_length' }, target: { type: 'AverageValue', averageValue: '10' } } }),
  ];
}

function found(): object[] {
  return [
    pod('annotated-pod', { annotations: asked('prometheus.io') }),
    pod('web'), service('web', { annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/probe': 'true', 'prometheus.io/probe-port': 'http', 'prometheus.io/probe-path': '/metrics' } }),
    { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'team', namespace: TEAM }, spec: { discovery: { annotations: { prefix: TEAM_PREFIX } }, prometheus: { scrape: { interval: '5s', timeout: '5s' }, evaluationInterval: '5s' }, exporters: { blackbox: {} }, alertmanager: { enabled: false }, grafana: { enabled: false } } },
    pod('own-pod', { namespace: TEAM, annotations: asked(TEAM_PREFIX) }),
    pod('own-service', { namespace: TEAM }), service('own-service', { namespace: TEAM, annotations: { [`${TEAM_PREFIX}/scrape`]: 'true' } }),
    service('own-probed', { namespace: TEAM, app: 'own-service', annotations: { [`${TEAM_PREFIX}/probe`]: 'true', [`${TEAM_PREFIX}/probe-port`]: '80' } }),
    service('own-port', { namespace: TEAM, app: 'own-service', annotations: { [`${TEAM_PREFIX}/probe`]: 'true', [`${TEAM_PREFIX}/probe-module`]: 'tcp_connect' } }),
    service('own-host', { namespace: TEAM, app: 'own-service', headless: true, annotations: { [`${TEAM_PREFIX}/probe`]: 'true', [`${TEAM_PREFIX}/probe-module`]: 'icmp' } }),
    service('mistaken', { namespace: TEAM, app: 'own-service', annotations: { [`${TEAM_PREFIX}/probe`]: 'true', [`${TEAM_PREFIX}/probe-module`]: 'http_3xx' } }),
    ingress('own-way', 'own-service', { namespace: TEAM, annotations: { [`${TEAM_PREFIX}/probe`]: 'true' } }),
    ingress('not-asked', 'own-service', { namespace: TEAM, annotations: { 'prometheus.io/probe': 'true' } }),
    pod('not-asked', { namespace: TEAM, annotations: asked('prometheus.io') }),
    ingress('web', 'web', { annotations: { 'prometheus.io/probe': 'true' } }),
    probed('web-ingress', SHOP, { ingress: { matchLabels: { app: 'web' } } }),
    probed('web-service', SHOP, { service: { matchLabels: { app: 'web' } } }),
  ];
}

/** A quota, a volume of the kind whose use the kubelet reports, and one that never comes. */
function stored(node: string): object[] {
  const size = { storage: '1Gi' };
  return [
    { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'stored', namespace: STORED }, spec: { prometheus: { storage: { size: '1Gi' } }, grafana: { enabled: false } } },
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'shop', namespace: SHOP }, spec: { hard: { pods: '50' } } },
    {
      apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'data' },
      spec: {
        capacity: size, accessModes: ['ReadWriteOnce'], local: { path: '/var/log/pods' }, storageClassName: 'by-hand', persistentVolumeReclaimPolicy: 'Retain',
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] } },
      },
    },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: SHOP }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: size }, storageClassName: 'by-hand' } },
    pod('stored', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }], volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }] }),
  ];
}

/** What a container says before it ends. */
export const LAST_WORDS = 'cannot open the ledger: disk quota exceeded';

function troubled(): object[] {
  const big = { requests: { cpu: '900', memory: '16Mi' } };
  const scratch = { volumes: [{ name: 'scratch', emptyDir: {} }], volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] };
  const troubles = { namespace: TROUBLE };
  return [
    pod('crashes', { ...troubles, args: ['crash', LAST_WORDS] }),
    pod('hogs', { ...troubles, args: ['hog', '/scratch/killed'], ...scratch }),
    pod('unschedulable', { ...troubles, resources: big }),
    pod('fails', troubles), service('fails', troubles),
    probed('fails', TROUBLE, { static: { targets: [`http://fails.${TROUBLE}.svc/broken`] } }),
  ];
}
