import { expect } from 'chai';
import fc from 'fast-check';
import { dump, load } from 'js-yaml';
import { putBack, setAside } from './long-text.ts';

const written = (value: unknown): string => dump(value, { lineWidth: -1 });
const configMap = (data: object): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data });

describe('cli/long-text', () => {
  it('writes long texts as the YAML library does, to the byte', () => {
    const line = fc.stringMatching(/^[ -~]{0,40}$/);
    const text = fc.oneof(
      fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => `${lines.join('\n')}\n`.padStart(1_100, 'x: y\n')),
      line.map((json) => `{"a":"${json}${'b'.repeat(1_000)}"}`),
      fc.string().map((any) => any + 'x'.repeat(1_000)),
      fc.constantFrom('belfry long text 0', ''),
    );
    const name = fc.stringMatching(/^[a-z][-_.a-z]{0,10}$/);
    fc.assert(fc.property(fc.dictionary(name, text, { maxKeys: 4 }), (data) => {
      const value = configMap(data);
      const { value: around, texts } = setAside(value);
      const yaml = putBack(written(around), texts);
      expect(yaml).to.equal(written(value));
      expect(load(yaml)).to.deep.equal(value);
    }), { numRuns: 300 });
  });

  it('sets nothing aside but long texts of ConfigMaps', () => {
    const long = `${'a: b\n'.repeat(400)}`;
    expect(setAside(configMap({ long, short: 'a\n' })).texts).to.deep.equal([long]);
    expect(setAside({ ...configMap({ long }), kind: 'Secret' }).texts).to.deep.equal([]);
    expect(setAside('text').value).to.equal('text');
  });
});
