import { expect } from 'chai';
import { keyReferences } from './references.ts';

describe('api/references', () => {
  it('finds every Secret and ConfigMap key, and where it is named', () => {
    const spec = {
      service: {},
      endpoints: [
        { tls: { ca: { configMap: { name: 'ca', key: 'ca.crt' } }, cert: { name: 'client', key: 'tls.crt' } } },
        { auth: { bearerToken: { name: 'token', key: 'value' } } },
      ],
    };
    expect(keyReferences(spec)).to.deep.equal([
      { kind: 'ConfigMap', name: 'ca', key: 'ca.crt', path: 'spec.endpoints[0].tls.ca.configMap' },
      { kind: 'Secret', name: 'client', key: 'tls.crt', path: 'spec.endpoints[0].tls.cert' },
      { kind: 'Secret', name: 'token', key: 'value', path: 'spec.endpoints[1].auth.bearerToken' },
    ]);
  });

  it('takes nothing else for a reference', () => {
    expect(keyReferences({ receivers: [{ name: 'team', key: 1 }, { name: 'a', key: 'b', more: true }], labels: { name: 'x', key: 'y' } })).to.deep.equal([]);
  });
});
