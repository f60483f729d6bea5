import { expect } from 'chai';
import fc from 'fast-check';
import { credentialFile, type Credential } from './credential-file.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const credential: fc.Arbitrary<Credential> = fc.record({
  kind: fc.constantFrom('Secret', 'ConfigMap'),
  namespace: label,
  name: fc.oneof(fc.array(label, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')), label.map((part) => part.repeat(12).slice(0, 253))),
  key: fc.oneof(fc.stringMatching(/^[-._a-zA-Z0-9]{1,30}$/), fc.constantFrom('a_b', '_', 'x'.repeat(253))),
});

describe('render/scrape-target/credential-file', () => {
  it('gives every credential a file of its own, under a name that a Secret can have', () => {
    fc.assert(fc.property(fc.uniqueArray(credential, { selector: (one) => JSON.stringify(one), maxLength: 30 }), (credentials) => {
      const files = credentials.map(credentialFile);
      for (const file of files) expect(file).to.match(/^[-._a-zA-Z0-9]{1,253}$/);
      expect(new Set(files).size).to.equal(files.length);
    }));
  });

  it('tells apart what differs only in where a name ends', () => {
    expect(credentialFile({ kind: 'Secret', namespace: 'a', name: 'b', key: 'c_d' })).not.to.equal(credentialFile({ kind: 'Secret', namespace: 'a', name: 'b-c', key: 'd' }));
  });
});
