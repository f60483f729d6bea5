import { expect } from 'chai';
import { load } from 'js-yaml';
import { LOG_VERSIONS, type LogCollector } from '../../api/log-settings.ts';
import { LOG_OUTPUTS, type LogsSpec } from '../../api/logs.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { stackInput } from '../../testing/stack-case.ts';
import { renderStack } from '../render-stack.ts';
import type { Rendered } from '../rendered.ts';

const COMPONENT: Readonly<Record<LogCollector, string>> = { OpenTelemetry: 'otel-collector', FluentBit: 'fluent-bit', Fluentd: 'fluentd' };
const COLLECTORS = Object.keys(LOG_VERSIONS) as LogCollector[];

function rendered(logs: LogsSpec, references?: Readonly<Record<string, string>>, scope: 'Cluster' | 'Namespace' = 'Cluster'): Rendered {
  return renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec: { scope, logs }, ...(references ? { references } : {}) }));
}

const of = ({ objects }: Rendered, kind: string, name: string): KubeObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name} among ${objects.map((object) => object.metadata.name).join(', ')}`);
  return found;
};

interface Pod {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly tolerations: readonly object[];
    readonly containers: readonly { readonly image: string; readonly env: readonly { readonly name: string; readonly value?: string }[]; readonly securityContext: object; readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[] }[];
    readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
  };
}

const podOf = (objects: Rendered, collector: LogCollector): Pod => (of(objects, 'DaemonSet', `${COMPONENT[collector]}-cluster`)['spec'] as { template: Pod }).template;
const configOf = (objects: Rendered, collector: LogCollector): string => Object.values(of(objects, 'ConfigMap', `${COMPONENT[collector]}-cluster`)['data'] as Record<string, string>).join('');
const usable = (collector: LogCollector) => LOG_OUTPUTS.filter((kind) => collector !== 'Fluentd' || kind !== 'loki');

const PASSWORD = { basic: { username: { name: 'output', key: 'user' }, password: { name: 'output', key: 'password' } } };
const SECRET = { 'Secret/monitoring/output/user': 'collector', 'Secret/monitoring/output/password': 'very-secret' };
const outputOf = (kind: (typeof LOG_OUTPUTS)[number]) => ({ [kind]: { url: 'https://logs.test:1234/at', auth: PASSWORD } });

describe('render/logs/log-collector', () => {
  for (const collector of COLLECTORS) {
    describe(collector, () => {
      for (const kind of usable(collector)) {
        it(`has no credential for ${kind} in any object but by reference`, () => {
          const { objects, rejections, componentProblems } = rendered({ collector, output: outputOf(kind) }, SECRET);
          expect(rejections).to.deep.equal([]);
          expect([...(componentProblems ?? [])]).to.deep.equal([]);
          const text = JSON.stringify(objects);
          for (const value of ['very-secret', Buffer.from('very-secret').toString('base64')]) expect(text).not.to.include(value);
          expect(text).to.include('"name":"output"');
        });
      }

      it('never reads its own lines, and mounts what it reads read-only', () => {
        const [kind = 'elasticsearch'] = usable(collector);
        const objects = rendered({ collector, output: outputOf(kind) });
        expect(configOf(objects, collector)).to.match(new RegExp(`exclude.*\\n?.*${COMPONENT[collector]}-cluster-\\*`));
        const [container] = podOf(objects, collector).spec.containers;
        for (const { name, hostPath } of podOf(objects, collector).spec.volumes) {
          if (hostPath === undefined || name === 'state') continue;
          expect(container?.volumeMounts.find((mount) => mount.name === name)?.readOnly, hostPath.path).to.equal(true);
        }
        expect(podOf(objects, collector).spec.tolerations).to.deep.equal([{ operator: 'Exists' }]);
      });

      it('is a job of Prometheus', () => {
        const [kind = 'elasticsearch'] = usable(collector);
        const prometheus = (of(rendered({ collector, output: outputOf(kind) }), 'ConfigMap', 'prometheus-cluster')['data'] as Record<string, string>)['prometheus.yml'] ?? '';
        expect(prometheus).to.include(`job_name: belfry/${COMPONENT[collector]}\n`);
      });

      it('is replaced when its config changes, and not when another part of the stack does', () => {
        const [kind = 'elasticsearch'] = usable(collector);
        const hash = (spec: LogsSpec, rest = {}): string | undefined =>
          podOf(renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec: { scope: 'Cluster', logs: spec, ...rest } })), collector).metadata.annotations['belfry.dev/config-hash'];
        const one = hash({ collector, output: outputOf(kind) });
        expect(hash({ collector, output: outputOf(kind) }, { prometheus: { replicas: 2 } })).to.equal(one);
        expect(hash({ collector, output: outputOf(kind), namespaces: { matchLabels: { team: 'shop' } } })).not.to.equal(one);
      });

      it('may read pods of its own namespace only, where the stack is for one', () => {
        const [kind = 'elasticsearch'] = usable(collector);
        const { objects } = rendered({ collector, output: outputOf(kind) }, undefined, 'Namespace');
        const own = objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === COMPONENT[collector]);
        expect(own.map(({ kind: one }) => one)).to.include('Role').and.not.include('ClusterRole');
        expect(configOf(rendered({ collector, output: outputOf(kind) }, undefined, 'Namespace'), collector)).to.match(/\/var\/log\/(pods\/monitoring_\*\/|containers\/\*_monitoring_)/);
      });
    });
  }

  it('says of a missing Secret whose it is and what to do, and writes all the same', () => {
    const { objects, rejections, componentProblems } = rendered({ output: outputOf('loki') }, { 'Secret/monitoring/output/user': 'collector' });
    expect(rejections).to.deep.equal([]);
    expect(componentProblems?.get('otel-collector')).to.deep.equal([
      { path: 'spec.logs.output.loki.auth.basic.password', reason: 'SecretMissing', message: 'Secret monitoring/output has no key password, but user: add it, or name one of those' },
    ]);
    expect(objects.some(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'otel-collector-cluster')).to.equal(true);
    // Grafana does not start over a file that is not there.
    expect(JSON.stringify(of({ objects } as Rendered, 'ConfigMap', 'grafana-cluster-datasources'))).not.to.include('log-output');
  });

  it('shows Grafana the lines, signed in as the collector is', () => {
    const { datasources } = load((of(rendered({ output: { loki: { ...outputOf('loki')['loki'], url: 'https://loki.test/', tenant: 'prod' } as never } }, SECRET), 'ConfigMap', 'grafana-cluster-datasources')['data'] as Record<string, string>)['datasources.yaml'] ?? '') as { datasources: readonly { uid: string }[] };
    expect(datasources.find(({ uid }) => uid === 'logs')).to.deep.equal({
      name: 'Logs', uid: 'logs', type: 'loki', access: 'proxy', url: 'https://loki.test', isDefault: false, editable: false, basicAuth: true, basicAuthUser: '$__file{/etc/belfry/log-output/username}',
      jsonData: { httpHeaderName1: 'X-Scope-OrgID' }, secureJsonData: { httpHeaderValue1: 'prod', basicAuthPassword: '$__file{/etc/belfry/log-output/password}' },
    });
  });

  it('brings nothing into the rest of a stack without it', () => {
    const text = JSON.stringify(renderStack(stackInput({ spec: {} })).objects);
    for (const name of [...Object.values(COMPONENT), 'log-output']) expect(text).not.to.include(`"${name}`);
  });

  it('keeps a dollar of the user\'s as it is for OpenTelemetry', () => {
    const { receivers } = load(configOf(rendered({ output: outputOf('loki'), files: [{ hostPath: '/var/log/a', path: '*.log' }] }), 'OpenTelemetry')) as { receivers: Record<string, { resource?: Record<string, string> }> };
    expect(receivers['file_log/nodes']?.resource?.['k8s.node.name']).to.equal('${env:K8S_NODE_NAME}');
    const { exporters } = load(configOf(rendered({ output: { loki: { url: 'http://loki.test/a$b' } } }), 'OpenTelemetry')) as { exporters: Record<string, { endpoint: string }> };
    expect(exporters['otlp_http/loki']?.endpoint).to.equal('http://loki.test/a$$b/otlp');
  });
});
