import { expect } from 'chai';
import { yamlDocuments, type YamlDocument } from './yaml-documents.ts';

function documentsOf(text: string): readonly YamlDocument[] {
  const read = yamlDocuments(text);
  if ('error' in read) throw new Error(read.error.message);
  return read.documents;
}

describe('cli/yaml-documents', () => {
  it('knows the line of each document and of each field', () => {
    const [first, second] = documentsOf('# head\na: 1\n---\n# more\nkind: X\nspec:\n  endpoints:\n    - port: 1\n      "a/b": {c: 1, d: [1, 2]}\n');
    expect(first?.line).to.equal(2);
    expect(second?.line).to.equal(5);
    const lines = ['', 'spec', 'spec.endpoints[0].port', 'spec.endpoints[0][a/b].d[1]'].map((path) => second?.lineOf(path));
    expect(lines).to.deep.equal([5, 6, 8, 9]);
  });

  it('takes the nearest parent of a field that is not there', () => {
    const [document] = documentsOf('kind: X\nspec:\n  endpoints:\n    - port: 1\n');
    expect(document?.lineOf('spec.endpoints[0].tls.ca')).to.equal(4);
    expect(document?.lineOf('spec.endpoints[7].port')).to.equal(3);
    expect(document?.lineOf('status.conditions[0]')).to.equal(1);
  });

  it('reads scalars as kubectl does', () => {
    const [document] = documentsOf('a: yes\nb: on\nc: 08:30\nd: 2026-01-01\ne: "1"\nf: 1\ng: ~\nh: y\n');
    expect(document?.value).to.deep.equal({ a: true, b: true, c: '08:30', d: '2026-01-01', e: '1', f: 1, g: null, h: true });
  });

  it('reads numbers as kubectl does: octal, binary, with underscores', () => {
    const numbers = ['017', '0o17', '0x1F', '0b11', '-017', '+1', '1_000', '08', '0', '-0', '00', '1_0.5', '.5', '1e3', '0x', '0b12', '1:30', '_1', '0xg'];
    const [document] = documentsOf(numbers.map((number) => `- ${number}\n`).join(''));
    expect(document?.value).to.deep.equal([15, 15, 31, 3, -15, 1, 1000, 8, 0, -0, 0, 10.5, 0.5, 1000, '0x', '0b12', '1:30', '_1', '0xg']);
  });

  it('follows anchors and merge keys', () => {
    const [document] = documentsOf('base: &base {a: 1}\nx: {<<: *base, b: 2}\nz: *base\n');
    expect(document?.value).to.deep.equal({ base: { a: 1 }, x: { a: 1, b: 2 }, z: { a: 1 } });
    expect(document?.lineOf('z')).to.equal(3);
  });

  it('leaves out empty documents, and takes JSON', () => {
    expect(documentsOf('---\n---\n# nothing\n')).to.deep.equal([]);
    expect(documentsOf('{"a": 1}').map(({ value }) => value)).to.deep.equal([{ a: 1 }]);
  });

  it('says where it is no YAML', () => {
    expect(yamlDocuments('a: 1\nb: [1\n')).to.deep.include({ error: { line: 3, message: 'deficient indentation' } });
    expect(yamlDocuments('a: 1\na: 2\n')).to.deep.equal({ error: { line: 2, message: 'duplicated mapping key' } });
  });
});
