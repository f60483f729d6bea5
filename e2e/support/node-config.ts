/** What the parts of the single node read: containerd, the CNI plugins, the kubelet, and the cluster's DNS. */
import { splitReference } from './images.ts';

/** The addresses inside a node. The service network exists only there, so several nodes may share it. */
export const NODE_NETWORK = {
  podCidr: '10.244.0.0/24',
  clusterCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  dnsAddress: '10.96.0.10',
} as const;

/** The image that holds a pod's namespaces. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10';
/** The cluster's DNS. */
export const COREDNS_IMAGE = 'registry.k8s.io/coredns/coredns:v1.14.7';

/** containerd's config.toml, in the form that 1.6 reads and later releases still understand. */
export function containerdConfig({ runc, cniPlugins, snapshotter }: { runc: string; cniPlugins: string; snapshotter: string }): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Where lowering the score is not permitted, runc dies with "can't get final child's PID from pipe: EOF" without this.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${cniPlugins}"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "${runc}"
        SystemdCgroup = false
`;
}

/** The CNI configuration: one veth pair a pod, routed. A bridge would need br_netfilter for Services on the same node. */
export function cniConfig(): string {
  return JSON.stringify({
    cniVersion: '0.4.0',
    name: 'belfry',
    plugins: [
      {
        type: 'ptp',
        ipMasq: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: NODE_NETWORK.podCidr }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }, undefined, 2);
}

/** The kubelet's configuration file. Paths are those of this machine. */
export function kubeletConfig(paths: { clientCa: string; cert: string; key: string; cgroupRoot: string; resolvConf: string }): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true, cacheTTL: '10s' }, x509: { clientCAFile: paths.clientCa } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: paths.cert,
    tlsPrivateKeyFile: paths.key,
    clusterDNS: [NODE_NETWORK.dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: paths.resolvConf,
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: paths.cgroupRoot,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%', 'nodefs.inodesFree': '1%' },
    imageGCHighThresholdPercent: 100, // nobody could pull an image again
    imageGCLowThresholdPercent: 99,
    nodeStatusUpdateFrequency: '5s',
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    logging: { verbosity: 1 },
  }, undefined, 2);
}

/** CoreDNS for the cluster, as `kubectl apply` reads it. */
export function dnsManifests(): string {
  const labels = { 'k8s-app': 'kube-dns' };
  const meta = { name: 'coredns', namespace: 'kube-system', labels };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'system:coredns' },
        rules: [
          { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
          { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'system:coredns' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
        subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: 'kube-system' }],
      },
      {
        apiVersion: 'v1', kind: 'ConfigMap', metadata: meta,
        data: { Corefile: '.:53 {\n  errors\n  health\n  ready\n  kubernetes cluster.local in-addr.arpa\n  prometheus :9153\n  cache 5\n}\n' },
      },
      {
        apiVersion: 'v1', kind: 'Service', metadata: { ...meta, name: 'kube-dns' },
        spec: {
          selector: labels, clusterIP: NODE_NETWORK.dnsAddress,
          ports: [{ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'dns-tcp', port: 53, protocol: 'TCP' }, { name: 'metrics', port: 9153, protocol: 'TCP' }],
        },
      },
      {
        apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
        spec: {
          replicas: 1, selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              serviceAccountName: 'coredns', priorityClassName: 'system-cluster-critical', dnsPolicy: 'Default',
              tolerations: [{ operator: 'Exists' }],
              containers: [{
                name: 'coredns', image: COREDNS_IMAGE, imagePullPolicy: 'IfNotPresent', args: ['-conf', '/etc/coredns/Corefile'],
                ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }, { name: 'dns-tcp', containerPort: 53 }, { name: 'metrics', containerPort: 9153 }],
                readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 2 },
                volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
              }],
              volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
            },
          },
        },
      },
    ],
  });
}

/** The name under which containerd looks an image up. */
export function fullImageName(reference: string): string {
  const { repository, tag } = splitReference(reference);
  return `${repository}:${tag}`;
}
