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

  it('makes belfry render write the credentials of the files, and miss a key that their Secret does not have', async () => {
    const render = async (key: string): Promise<{ code: number; out: string; err: string }> => {
      let out = '';
      let err = '';
      const target = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'a' }, spec: { static: { targets: ['a:1'] }, endpoints: [{ auth: { bearerToken: { name: 'login', key } } }] } };
      const stack = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'shop' }, spec: {} };
      const files = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [stack, target, { ...SECRET, metadata: { name: 'login' } }] });
      const io: CommandIo = { stdout: (text) => void (out += text), stderr: (text) => void (err += text), readStdin: async () => files, colour: false, signal: new AbortController().signal };
      return { code: await renderCommand({ files: ['-'] }, io), out, err };
    };
    const found = await render('user');
    expect(found.code, found.err).to.equal(0);
    expect(found.out).to.include(`: ${base64('new')}`);
    const missing = await render('token');
    expect(missing.code).to.equal(1);
    expect(missing.err).to.include('spec.endpoints[0].auth.bearerToken').and.include('Secret default/login has no key token, but pass, user');
  });
});
