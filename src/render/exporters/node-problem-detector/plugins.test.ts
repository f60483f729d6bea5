import { expect } from 'chai';
import fc from 'fast-check';
import { clusterSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import type { MonitoringStackSpec } from '../../../api/monitoring-stack.ts';
import { stackInput } from '../../../testing/stack-case.ts';
import { renderStack } from '../../render-stack.ts';
import type { Rendered } from '../../rendered.ts';
import { pluginConfig } from './plugin-config.ts';

type Plugins = NonNullable<NonNullable<NonNullable<MonitoringStackSpec['exporters']>['nodeProblemDetector']>['plugins']>;

const NTP = { name: 'ntp', script: { configMap: { name: 'npd', key: 'ntp.sh' } }, condition: 'NTPProblem', reason: 'NTPIsDown' };
const MOUNTS = { name: 'mounts', script: { configMap: { name: 'npd', key: 'mounts' } }, reason: 'MountHangs' };
const KEY = 'ConfigMap/monitoring/npd/ntp.sh';
const MISSING = 'spec.exporters.nodeProblemDetector.plugins[0].script.configMap: ';

function rendered(plugins: Plugins, references?: Readonly<Record<string, string>>): Rendered {
  return renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec: { scope: 'Cluster', exporters: { nodeProblemDetector: { plugins } } }, ...(references ? { references } : {}) }));
}

function of({ objects }: Rendered, kind: string): KubeObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === 'node-problem-detector-cluster');
  if (!found) throw new Error(`no ${kind}`);
  return found;
}
const files = (all: Rendered): string[] => Object.keys(of(all, 'ConfigMap')['data'] as object);
const problem = ({ componentProblems }: Rendered): string | undefined => componentProblems?.get('node-problem-detector')?.map(({ path, message }) => `${path}: ${message}`).join('; ');

interface Pod {
  readonly metadata: { readonly annotations: object };
  readonly spec: { readonly containers: readonly { readonly args: readonly string[]; readonly securityContext: object; readonly volumeMounts: readonly object[] }[]; readonly volumes: readonly object[] };
}
const pod = (all: Rendered): Pod => (of(all, 'DaemonSet')['spec'] as { template: Pod }).template;

/** A plugin's config, as it is read by the detector. */
function configOf(plugin: Plugins[number]) {
  const [settled] = clusterSettings({ scope: 'Cluster', exporters: { nodeProblemDetector: { plugins: [plugin] } } }).nodeProblemDetector?.plugins ?? [];
  if (!settled) throw new Error('no plugin');
  return JSON.parse(pluginConfig(settled)) as { pluginConfig: Readonly<Record<string, unknown>>; conditions: readonly object[]; rules: readonly Readonly<Record<string, unknown>>[] };
}

describe('render/exporters/node-problem-detector/plugins', () => {
  it('are monitors of their own, with their scripts for anybody to execute and nobody to write', () => {
    const all = rendered([NTP, MOUNTS], { [KEY]: '#!/bin/sh\n', 'ConfigMap/monitoring/npd/mounts': '\x7FELF' });
    expect(problem(all)).to.equal(undefined);
    expect(files(all)).to.deep.equal(['kernel-monitor.json', 'custom-plugin-ntp.json', 'custom-plugin-mounts.json']);
    const { containers: [container], volumes } = pod(all).spec;
    expect(container?.args).to.include('--config.custom-plugin-monitor=/etc/node-problem-detector/custom-plugin-ntp.json,/etc/node-problem-detector/custom-plugin-mounts.json');
    expect(container?.volumeMounts).to.deep.include({ name: 'plugins', mountPath: '/plugins', readOnly: true });
    const source = (key: string, path: string) => ({ configMap: { name: 'npd', items: [{ key, path }] } });
    expect(volumes).to.deep.include({ name: 'plugins', projected: { sources: [source('ntp.sh', 'ntp'), source('mounts', 'mounts')], defaultMode: 0o555 } });
  });

  it('ask for no more privileges, and leave pods without plugins as they are', () => {
    const none = rendered([]);
    expect(pod(rendered([NTP])).spec.containers[0]?.securityContext).to.deep.equal(pod(none).spec.containers[0]?.securityContext);
    expect(JSON.stringify(pod(none))).not.to.include('plugin');
    const access = (all: Rendered) => all.objects.filter(({ kind }) => kind.includes('Role'));
    expect(access(rendered([NTP]))).to.deep.equal(access(none));
  });

  it('start the detector anew when one is changed, and not when its script is, which is read at each run', () => {
    const annotations = (plugins: Plugins, script: string) => pod(rendered(plugins, { [KEY]: script })).metadata.annotations;
    const one = annotations([NTP], '#!/bin/sh\nexit 0\n');
    expect(annotations([NTP], '#!/bin/sh\nexit 1\n')).to.deep.equal(one);
    expect(annotations([{ ...NTP, interval: '1m' }], '#!/bin/sh\nexit 0\n')).not.to.deep.equal(one);
  });

  const LEFT_OUT: readonly { says: string; references: Readonly<Record<string, string>>; message: string }[] = [
    { says: 'without a ConfigMap', references: {}, message: 'there is no ConfigMap monitoring/npd with key ntp.sh: kubectl create configmap npd --namespace monitoring --from-file=ntp.sh=FILE' },
    { says: 'without a key', references: { 'ConfigMap/monitoring/npd/mounts': '#!/bin/sh\n' }, message: 'ConfigMap monitoring/npd has no key ntp.sh, but mounts: add it, or name one of those' },
    { says: 'whose script names no interpreter', references: { [KEY]: 'echo hello\n' }, message: 'key ntp.sh of ConfigMap monitoring/npd is no script that can be started: begin its first line with #! and the path of an interpreter, like #!/bin/sh' },
    { says: 'whose script is empty', references: { [KEY]: '' }, message: 'key ntp.sh of ConfigMap monitoring/npd is no script that can be started: begin its first line with #! and the path of an interpreter, like #!/bin/sh' },
    { says: 'whose script was written on Windows', references: { [KEY]: '#!/bin/sh\r\nexit 0\r\n' }, message: 'key ntp.sh of ConfigMap monitoring/npd has lines that end as on Windows, and the interpreter would not be found: write plain line feeds' },
  ];
  for (const { says, references, message } of LEFT_OUT) {
    it(`leave one out ${says}, say so of the component, and go on`, () => {
      const all = rendered([NTP], references);
      expect(all.rejections).to.deep.equal([]);
      expect(problem(all)).to.equal(`${MISSING}${message}`);
      expect(pod(all)).to.deep.equal(pod(rendered([])));
      expect(files(all)).to.deep.equal(['kernel-monitor.json']);
    });
  }

  it('wait alone: those that have their script run', () => {
    const all = rendered([NTP, MOUNTS], { 'ConfigMap/monitoring/npd/mounts': '#! /bin/bash\n' });
    expect(files(all)).to.deep.equal(['kernel-monitor.json', 'custom-plugin-mounts.json']);
    expect(problem(all)).to.match(/plugins\[0\].*has no key ntp\.sh/);
  });

  it('count as there where nobody looked', () => expect(files(rendered([NTP]))).to.include('custom-plugin-ntp.json'));

  it('are as the detector wants them, by default', () => {
    const { pluginConfig: settings, conditions, rules } = configOf(NTP);
    expect(settings).to.include({ invoke_interval: '30s', timeout: '5s', skip_initial_status: true });
    expect(conditions).to.deep.equal([{ type: 'NTPProblem', reason: 'NoNTPProblem', message: 'plugin ntp finds nothing wrong' }]);
    expect(rules).to.deep.equal([{ type: 'permanent', condition: 'NTPProblem', reason: 'NTPIsDown', path: '/plugins/ntp', args: [] }]);
    expect(configOf({ ...MOUNTS, args: ['-v'] })).to.deep.include({ conditions: [], rules: [{ type: 'temporary', reason: 'MountHangs', path: '/plugins/mounts', args: ['-v'] }] });
  });

  it('have durations that Go reads, of the same length', () => {
    const parts = fc.record({ d: fc.nat(30), h: fc.nat(23), m: fc.nat(59), s: fc.nat(59), ms: fc.nat(999) });
    fc.assert(fc.property(parts, ({ d, h, m, s, ms }) => {
      const written = configOf({ ...NTP, interval: `${d}d${h}h${m}m${s}s${ms}ms` }).pluginConfig['invoke_interval'];
      const [, number = '', unit = ''] = /^(\d+)(ms|s)$/.exec(String(written)) ?? [];
      expect(Number(number) * (unit === 's' ? 1000 : 1)).to.equal((((d * 24 + h) * 60 + m) * 60 + s) * 1000 + ms);
    }), { seed: 20261122 });
  });
});
