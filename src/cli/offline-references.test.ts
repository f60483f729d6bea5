import { expect } from 'chai';
import type { CommandIo } from './command-io.ts';
import { offlineReferences } from './offline-references.ts';
import { renderCommand } from './render.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'shop' }, data: { user: base64('old'), pass: base64('p') }, stringData: { user: 'new' } };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'login', namespace: 'shop' }, data: { 'ca.crt': 'CA' }, binaryData: { raw: 'AAE=' } };

const naming = (...references: readonly object[]) => ({ metadata: { namespace: 'shop' }, spec: { references } });

describe('cli/offline-references', () => {
  const lookUp = offlineReferences([SECRET, CONFIG_MAP, { ...SECRET, metadata: { name: 'other', namespace: 'elsewhere' } }]);

  it('knows every key as the API server would keep it', () => {
    expect(lookUp(naming({ name: 'login', key: 'user' }))).to.deep.equal(new Map([['Secret/shop/login/user', base64('new')], ['Secret/shop/login/pass', base64('p')]]));
    expect(lookUp(naming({ configMap: { name: 'login', key: 'ca.crt' } }))).to.deep.equal(new Map([['ConfigMap/shop/login/ca.crt', base64('CA')], ['ConfigMap/shop/login/raw', 'AAE=']]));
  });

  it('says nothing where an object is not in the files, or in another namespace, or nothing is named', () => {
    for (const name of ['absent', 'other']) expect(lookUp(naming({ name: 'login', key: 'user' }, { name, key: 'user' })), name).to.equal(undefined);
    expect(lookUp(naming())).to.equal(undefined);
  });

  const run = async (items: readonly object[]): Promise<{ code: number; out: string; err: string }> => {
    let out = '';
    let err = '';
    const files = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const io: CommandIo = { stdout: (text) => void (out += text), stderr: (text) => void (err += text), readStdin: async () => files, colour: false, signal: new AbortController().signal };
    return { code: await renderCommand({ files: ['-'] }, io), out, err };
  };

  it('makes belfry render write the credentials of the files, and miss a key that their Secret does not have', async () => {
    const render = (key: string) => {
      const target = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'a' }, spec: { static: { targets: ['a:1'] }, endpoints: [{ auth: { bearerToken: { name: 'login', key } } }] } };
      const stack = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'shop' }, spec: {} };
      return run([stack, target, { ...SECRET, metadata: { name: 'login' } }]);
    };
    const found = await render('user');
    expect(found.code, found.err).to.equal(0);
    expect(found.out).to.include(`: ${base64('new')}`);
    const missing = await render('token');
    expect(missing.code).to.equal(1);
    expect(missing.err).to.include('spec.endpoints[0].auth.bearerToken').and.include('Secret default/login has no key token, but pass, user');
  });

  it('makes it miss what a component needs, which is written all the same', async () => {
    const stack = (spec: object) => ({ apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'shop' }, spec: { scope: 'Cluster', ...spec } });
    const scripts = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'npd' }, data: { 'a.sh': 'exit 0' } };
    const plugin = await run([stack({ exporters: { nodeProblemDetector: { plugins: [{ name: 'a', script: { configMap: { name: 'npd', key: 'a.sh' } }, reason: 'Down' }] } } }), scripts]);
    expect(plugin.code).to.equal(1);
    expect(plugin.err).to.match(/plugins\[0\]\.script\.configMap: key a\.sh of ConfigMap default\/npd .*#!\/bin\/sh/);
    expect(plugin.out).to.include('name: node-problem-detector-shop');
    const output = { loki: { url: 'https://loki.test', auth: { bearerToken: { name: 'login', key: 'token' } } } };
    const logs = await run([stack({ logs: { output } }), { ...SECRET, metadata: { name: 'login' } }]);
    expect(logs.code).to.equal(1);
    expect(logs.err).to.include('spec.logs.output.loki.auth.bearerToken').and.include('Secret default/login has no key token, but pass, user');
  });
});
