import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { prometheusFlags } from './flags.ts';

const flags = (prometheus: MonitoringStackSpec['prometheus'] = {}, scope: 'Namespace' | 'Cluster' = 'Namespace') => prometheusFlags(stackSettings({ spec: { scope, prometheus } }));

/** Flags that not every release has, with those that have it. */
const BY_RELEASE: Readonly<Record<string, { readonly server: readonly string[]; readonly agent: readonly string[] }>> = {
  'v2.45.0': { server: ['--enable-feature=expand-external-labels'], agent: ['--enable-feature=agent', '--enable-feature=expand-external-labels'] },
  'v2.50.0': {
    server: ['--enable-feature=expand-external-labels', '--enable-feature=auto-gomemlimit'],
    agent: ['--enable-feature=agent', '--enable-feature=expand-external-labels', '--enable-feature=auto-gomemlimit'],
  },
  'v3.0.0': { server: ['--config.auto-reload-interval=1s', '--enable-feature=auto-reload-config'], agent: ['--config.auto-reload-interval=1s', '--agent', '--enable-feature=auto-reload-config'] },
  'v3.11.9': { server: ['--config.auto-reload-interval=1s', '--enable-feature=auto-reload-config'], agent: ['--config.auto-reload-interval=1s', '--agent', '--enable-feature=auto-reload-config'] },
  'v3.12.0': { server: ['--config.auto-reload', '--config.auto-reload-interval=1s'], agent: ['--config.auto-reload', '--config.auto-reload-interval=1s', '--agent'] },
  'v4.0.0': { server: ['--config.auto-reload', '--config.auto-reload-interval=1s'], agent: ['--config.auto-reload', '--config.auto-reload-interval=1s', '--agent'] },
};
const vary = (all: readonly string[]) => all.filter((flag) => /^--(config\.auto|agent|enable-feature)/.test(flag));

describe('render/prometheus-server/flags', () => {
  for (const [version, { server, agent }] of Object.entries(BY_RELEASE)) {
    it(`speaks the language of ${version}`, () => {
      expect(vary(flags({ version }))).to.deep.equal(server);
      expect(vary(flags({ version, mode: 'Agent' }))).to.deep.equal(agent);
    });
  }

  it('gives an agent no flag of the server\'s storage, and the other way round', () => {
    expect(flags({ mode: 'Agent', retention: { size: '1GB' } }).filter((flag) => flag.startsWith('--storage'))).to.deep.equal(['--storage.agent.path=/prometheus']);
    expect(flags({ retention: { time: '7d', size: '1GB' } }).filter((flag) => flag.startsWith('--storage'))).to.deep.equal([
      '--storage.tsdb.path=/prometheus', '--storage.tsdb.retention.time=7d', '--storage.tsdb.retention.size=1GB',
    ]);
  });

  it('keeps blocks as they are only where Thanos uploads them', () => {
    const upload = { objectStorage: { name: 's', key: 'k' } };
    expect(flags({ thanos: upload }).filter((flag) => flag.includes('block-duration'))).to.have.length(2);
    expect(flags({ thanos: {} }).filter((flag) => flag.includes('block-duration'))).to.deep.equal([]);
  });

  const RECEIVERS: readonly (readonly [string, readonly string[]])[] = [
    ['v2.45.0', ['--web.enable-remote-write-receiver']],
    ['v2.47.0', ['--web.enable-remote-write-receiver', '--enable-feature=otlp-write-receiver']],
    ['v3.0.0', ['--web.enable-remote-write-receiver', '--web.enable-otlp-receiver']],
  ];
  for (const [version, wanted] of RECEIVERS) {
    it(`takes in what others push, as ${version} can`, () => {
      const receivers = (all: readonly string[]) => all.filter((flag) => /receiver/.test(flag));
      for (const mode of ['Server', 'Agent'] as const) expect(receivers(flags({ version, mode, receive: { otlp: {}, remoteWrite: {} } }))).to.deep.equal(wanted);
      expect(receivers(flags({ version, receive: { otlp: { enabled: false } } }))).to.deep.equal([]);
    });
  }

  it('lets the operator reload, always', () => {
    for (const version of Object.keys(BY_RELEASE)) expect(flags({ version })).to.include('--web.enable-lifecycle');
  });

  it('hurries discovery in a namespace only', () => {
    expect(flags()).to.include('--scrape.discovery-reload-interval=1s');
    expect(flags({}, 'Cluster').join(' ')).not.to.contain('discovery-reload-interval');
  });

  it('answers at the root whatever the external URL', () => {
    expect(flags({ externalUrl: 'https://example.test/prometheus' })).to.include.members(['--web.external-url=https://example.test/prometheus', '--web.route-prefix=/']);
  });

  it('puts the user\'s flags last', () => {
    expect(flags({ pod: { extraArgs: ['--log.level=debug'] } }).at(-1)).to.equal('--log.level=debug');
  });
});
