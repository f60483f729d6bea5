import { expect } from 'chai';
import { kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { nodeObstacles, type RunningNode } from '../support/node.ts';
import { sharedNode } from '../support/shared-node.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhook } from '../support/webhook.ts';

describe('the node that tests run on', function () {
  this.timeout(300_000);
  let node: RunningNode;

  before(async () => {
    ({ node } = await sharedNode());
  });

  it('is Ready, with nothing in the way', async () => {
    expect(await nodeObstacles()).to.deep.equal([]);
    const { status } = await kubectlJson<{ status: { conditions: { type: string; status: string }[] } }>(node.kubeconfig, ['get', 'node', node.name]);
    expect(status.conditions.find((condition) => condition.type === 'Ready')?.status).to.equal('True');
  });

  it('runs a restricted pod of an image made here, and resolves and reaches its Service', async () => {
    await kubectlOk(node.kubeconfig, ['apply', '-f', '-'], { stdin: SHOP_AND_PROMETHEUS });
    await kubectlOk(node.kubeconfig, ['wait', '--for=condition=Ready', 'pod/shop', 'pod/prometheus', '--timeout=180s']);
    const scraped = await waitFor('Prometheus to scrape the shop by its DNS name', async (seen) => {
      const response = await fetch(`http://${node.address}:30190/api/v1/query?query=${encodeURIComponent('up{job="shop"}')}`);
      const { data } = await response.json() as { data: { result: { value: [number, string] }[] } };
      seen(data);
      return data.result[0]?.value[1] === '1';
    }, { timeoutMs: 90_000 });
    expect(scraped).to.equal(true);
  });

  it('lets pods reach this machine, and answers kubectl logs and exec', async () => {
    const webhook = await startWebhook({ address: node.hostAddress });
    try {
      expect(await kubectlOk(node.kubeconfig, ['logs', 'shop'])).to.include('listening on :8080');
      expect(await kubectlOk(node.kubeconfig, ['exec', 'prometheus', '--', '/bin/prometheus', '--version'])).to.include('3.15.0');
      await waitFor('the scrape of the webhook to arrive', (seen) => {
        seen(webhook.refused);
        return webhook.refused.some((line) => line.startsWith('GET /metrics')) || refreshTarget(node, webhook.url);
      }, { timeoutMs: 90_000 });
    } finally {
      await webhook.stop();
    }
  });
});

async function refreshTarget(node: RunningNode, url: string): Promise<undefined> {
  const config = PROMETHEUS_YML.replace('127.0.0.1:1', new URL(url).host);
  const patch = JSON.stringify({ data: { 'prometheus.yml': config } });
  await kubectlOk(node.kubeconfig, ['patch', 'configmap', 'prometheus', '--type=merge', '-p', patch]);
  // A changed annotation makes the kubelet look at the pod's volumes now, not within a minute.
  await kubectlOk(node.kubeconfig, ['annotate', '--overwrite', 'pod', 'prometheus', `touched=${Date.now()}`]);
  return undefined;
}

const PROMETHEUS_YML = `global: { scrape_interval: 1s }
scrape_configs:
- { job_name: shop, static_configs: [{ targets: ["shop.default.svc:8080"] }] }
- { job_name: outside, static_configs: [{ targets: ["127.0.0.1:1"] }] }
`;

const RESTRICTED = '{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }';

const SHOP_AND_PROMETHEUS = `apiVersion: v1
kind: Pod
metadata: { name: shop, labels: { app: shop } }
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
  - { name: shop, image: "belfry.dev/demo/shop:dev", securityContext: ${RESTRICTED}, readinessProbe: { httpGet: { path: /metrics, port: 8080 }, periodSeconds: 1 } }
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { selector: { app: shop }, ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus }
data: { prometheus.yml: ${JSON.stringify(PROMETHEUS_YML)} }
---
apiVersion: v1
kind: Pod
metadata: { name: prometheus, labels: { app: prometheus } }
spec:
  securityContext: { runAsNonRoot: true, runAsUser: 65534, fsGroup: 65534, seccompProfile: { type: RuntimeDefault } }
  containers:
  - name: prometheus
    image: quay.io/prometheus/prometheus:v3.15.0
    args: [--config.file=/etc/prometheus/prometheus.yml, --storage.tsdb.path=/prometheus, --enable-feature=auto-reload-config, --config.auto-reload-interval=1s]
    securityContext: ${RESTRICTED}
    readinessProbe: { httpGet: { path: /-/ready, port: 9090 }, periodSeconds: 1 }
    volumeMounts: [{ name: config, mountPath: /etc/prometheus }, { name: data, mountPath: /prometheus }]
  volumes: [{ name: config, projected: { sources: [{ configMap: { name: prometheus } }] } }, { name: data, emptyDir: {} }]
---
apiVersion: v1
kind: Service
metadata: { name: prometheus }
spec: { type: NodePort, selector: { app: prometheus }, ports: [{ port: 9090, nodePort: 30190 }] }
`;
