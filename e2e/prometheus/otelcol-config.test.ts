import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogsSpec } from '../../src/api/logs.ts';
import { renderStack } from '../../src/render/render-stack.ts';
import { stackInput } from '../../src/testing/stack-case.ts';
import { runCommand } from '../support/kubectl.ts';
import { ensureTool } from '../support/tools.ts';

const key = (name: string) => ({ name: 'output', key: name });
const tls = { ca: { configMap: key('ca') }, cert: key('cert'), key: key('key'), serverName: 'logs', insecureSkipVerify: true };
const basic = { basic: { username: key('user'), password: key('password') } };

/** Every field of `logs` that the config depends on. */
const CASES: readonly (readonly [says: string, logs: LogsSpec, scope?: 'Namespace'])[] = [
  ['Loki alone', { output: { loki: { url: 'http://loki.test:3100' } } }],
  ['Loki with all there is', { output: { loki: { url: 'https://loki.test', tenant: 'shop', tls, auth: basic } }, files: [{ volume: 'logs', path: '**/*.log' }, { hostPath: '/var/log/audit', path: '*' }] }],
  ['Loki with a token', { output: { loki: { url: 'https://loki.test/a$b', auth: { bearerToken: key('token') } } } }],
  ['Elasticsearch', { output: { elasticsearch: { url: 'https://es.test:9200', index: 'shop-logs', tls, auth: basic } } }],
  ['a namespace alone', { output: { elasticsearch: { url: 'http://es.test:9200' } } }, 'Namespace'],
  ['namespaces by every kind of requirement', {
    output: { loki: { url: 'http://loki.test' } },
    namespaces: {
      matchLabels: { team: 'shop', 'kubernetes.io/metadata.name': 'a' },
      matchExpressions: [
        { key: 'a.b/c', operator: 'In', values: ['x', 'y.z'] }, { key: 'tier', operator: 'NotIn', values: ['test'] }, { key: 'audited', operator: 'Exists' },
        { key: 'quiet', operator: 'DoesNotExist' }, { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['b'] },
      ],
    },
  }],
];

function configOf(logs: LogsSpec, scope: 'Cluster' | 'Namespace'): string {
  const { objects, rejections } = renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec: { scope, logs } }));
  expect(rejections).to.deep.equal([]);
  const data = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'otel-collector-cluster')?.['data'] as Record<string, string> | undefined;
  return data?.['config.yaml'] ?? '';
}

describe('the config of the OpenTelemetry Collector', function () {
  this.timeout(60_000);
  let directory: string;

  async function validate(config: string): Promise<{ code: number | null; said: string }> {
    const file = join(directory, 'config.yaml');
    await writeFile(file, config);
    const { code, stdout, stderr } = await runCommand(['env', 'K8S_NODE_NAME=node-1', await ensureTool('otelcol'), 'validate', `--config=${file}`]);
    return { code, said: stdout + stderr };
  }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'belfry-otelcol-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  for (const [says, logs, scope = 'Cluster'] of CASES) {
    it(`is taken by the collector itself: ${says}`, async () => {
      const { code, said } = await validate(configOf(logs, scope));
      expect(code, said).to.equal(0);
    });
  }

  it('would not be taken if a field or a condition were wrong', async () => {
    const good = configOf({ output: { loki: { url: 'http://loki.test' } }, namespaces: { matchLabels: { team: 'shop' } } }, 'Cluster');
    for (const bad of [good.replace('block_on_overflow', 'block_on_overflows'), good.replace(' != \\"shop\\"', ' =! \\"shop\\"'), good.replace('type: container', 'type: containers')]) {
      expect(bad).not.to.equal(good);
      expect((await validate(bad)).code).not.to.equal(0);
    }
  });
});
