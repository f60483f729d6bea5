/** prometheus-operator, as its project publishes it, for comparison. */
import { gunzipSync } from 'node:zlib';
import { resourceType } from '../../../src/kube/resource-types.ts';
import { expectOk } from '../../support/expect-ok.ts';
import { runCommand } from '../../support/kubectl.ts';
import { ensureTool, toolBuild } from '../../support/tools.ts';
import { count, HOME, placeOf, type Contender } from './contender.ts';

const API_VERSION = 'monitoring.coreos.com/v1';
const SECRET = 'prometheus-scale';
const KEY = 'prometheus.yaml.gz';

export async function prometheusOperator(): Promise<Contender> {
  const path = await ensureTool('prometheus-operator');
  return {
    name: 'prometheus-operator',
    version: toolBuild('prometheus-operator').build.release,
    user: 'prometheus-operator',
    crds: async () => (await runCommand([path, 'full-crds'])).stdout,
    stack: () => ({
      apiVersion: API_VERSION, kind: 'Prometheus', metadata: { name: 'scale', namespace: HOME },
      spec: { serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {}, serviceAccountName: 'default', scrapeInterval: '30s' },
    }),
    command: ({ kubeconfig, port }) => Promise.resolve({ command: [path, `--web.listen-address=127.0.0.1:${port}`], env: { KUBECONFIG: kubeconfig } }),
    ready: (port) => expectOk(`http://127.0.0.1:${port}/healthz`),
    target: (index, mark) => ({
      apiVersion: API_VERSION, kind: 'ServiceMonitor', metadata: placeOf(index),
      spec: {
        selector: { matchLabels: { app: placeOf(index).name } },
        endpoints: [{
          port: 'metrics', path: '/metrics', interval: '30s',
          relabelings: [{ sourceLabels: ['__meta_kubernetes_pod_label_tier'], targetLabel: 'tier' }, { targetLabel: 'revision', replacement: mark }],
          metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'go_gc_.*' }],
        }],
      },
    }),
    config: { type: resourceType('v1', 'Secret'), options: { namespace: HOME, fieldSelector: `metadata.name=${SECRET}` } },
    configText: (object) => {
      const data = (object['data'] ?? {}) as Record<string, string>;
      return data[KEY] === undefined ? '' : gunzipSync(Buffer.from(data[KEY], 'base64')).toString('utf8');
    },
    jobsIn: (text) => count(text, 'job_name: serviceMonitor/'),
  };
}
