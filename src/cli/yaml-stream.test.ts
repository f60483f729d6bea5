import { expect } from 'chai';
import { yamlText } from './yaml-stream.ts';

describe('cli/yaml-stream', () => {
  it('quotes what kubectl would not read as the text it is, in flow style and in block style', () => {
    const deep = (value: unknown): unknown => Array.from({ length: 14 }).reduce((inner) => ({ a: inner }), value);
    const text = yamlText({ kind: 'CustomResourceDefinition', deep: deep(['^https?://.+', 'plain', 'it\'s what?']) });
    expect(text).to.include("['^https?://.+', plain, 'it''s what?']");
    expect(yamlText({ a: 'on', b: 'yes', c: '1e3', d: '017' })).to.equal("a: 'on'\nb: 'yes'\nc: '1e3'\nd: '017'\n");
  });
});
