/** The stack of scope Cluster that the tests of this folder share: with everything on. */
export const NAMESPACE = 'monitoring';
/** Namespaces of what it looks at. */
export const SHOP = 'shop';
export const TROUBLE = 'trouble';
/** The node's, to its Prometheus. */
export const CLUSTER_PORT = 30_190;

/** Where things are on this node, and what a test wants otherwise. */
export interface StackOptions {
  /** The node's: the control plane here runs beside it and in no pods, so the stack is told where it is. */
  readonly address: string;
  /** Where the node exporter looks for text files. */
  readonly textfileDirectory: string;
  readonly exporters?: object;
  readonly kubeState?: object;
  readonly metricsApi?: object;
}

const CUSTOM_RESOURCE = {
  group: 'belfry.dev', version: 'v1alpha1', kind: 'ScrapeTarget', plural: 'scrapetargets', labelsFromPath: { name: ['metadata', 'name'] },
  metrics: [{ name: 'target_info', each: { type: 'Info', info: { labelsFromPath: { uid: ['metadata', 'uid'] } } } }],
};

const KERNEL_RULES = [
  { condition: 'BelfryTestFailed', reason: 'TestSaysSo', pattern: String.raw`belfry e2e: it failed \d+ times` },
  { reason: 'BelfryTestWarned', pattern: 'belfry e2e: it warned' },
];

/** Where the script of the plugin is; a stack is there before it. */
export const SCRIPTS = { configMap: 'npd-scripts', key: 'check-clock.sh' };
export const PLUGINS = [
  { name: 'clock', script: { configMap: { name: SCRIPTS.configMap, key: SCRIPTS.key } }, args: ['7'], interval: '2s', timeout: '1s', condition: 'BelfryClockProblem', reason: 'ClockIsOff' },
];

/** Nobody can wait a quarter of an hour here; the alerts are those that come with Belfry. */
const SOONER = ['BlackboxProbeFailed', 'NodeProblem'].map((alert) => ({ alert, for: '5s' }));

/** As `kubectl apply` takes it. */
export function clusterStack({ address, textfileDirectory, exporters = {}, kubeState = {}, metricsApi = {} }: StackOptions): object {
  const addresses = [address];
  return {
    apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'cluster', namespace: NAMESPACE },
    spec: {
      scope: 'Cluster',
      prometheus: { scrape: { interval: '5s', timeout: '5s' }, evaluationInterval: '5s' },
      exporters: {
        node: { systemd: { units: 'containerd.service' }, textfileDirectory },
        kubeState: { metricLabels: { pods: ['app.kubernetes.io/name'] }, customResources: [CUSTOM_RESOURCE], ...kubeState },
        pushgateway: {},
        nodeProblemDetector: { rules: KERNEL_RULES, plugins: PLUGINS },
        ...exporters,
      },
      metricsApi: {
        custom: {
          rules: [
            { series: '{__name__="go_goroutines",namespace!="",pod!=""}', as: 'goroutines' },
            { series: '{__name__="queue_length",namespace!="",pod!=""}' },
          ],
          external: [{ series: 'backup_rows', namespaced: false, query: 'max(<<.Series>>{<<.LabelMatchers>>})' }],
        },
        ...metricsApi,
      },
      kubernetes: {
        kubelet: { insecureSkipVerify: false },
        controllerManager: { addresses }, scheduler: { addresses }, proxy: { addresses }, etcd: { addresses },
      },
      // Last words are looked for every 15 seconds. And a pod is not ready before its container crashes for the second time, or before it
      // has started at all on a busy machine: with less, it would be told of twice.
      rulePacks: { overrides: [...SOONER, { alert: 'KubePodCrashLooping', for: '1m' }, { alert: 'KubePodNotReady', for: '2m' }] },
    },
  };
}
