import { expect } from 'chai';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { printItems, printYaml } from './print.ts';

describe('formats/prometheus/print', () => {
  it('writes jobs to be read by people: the name first, a relabel rule a line, what belongs together together', () => {
    expect(printYaml({
      scrape_configs: [{
        relabel_configs: [{ regex: 'a|b', action: 'keep', source_labels: ['__meta_kubernetes_namespace', 'x y'] }, { target_label: 'a', replacement: '' }],
        scrape_interval: '15s',
        job_name: 'scrapetarget/shop/checkout/0',
        params: { module: ['x'] },
        kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: ['shop'] } }],
        sample_limit: 100,
        honor_labels: undefined,
      }],
    })).to.equal(`scrape_configs:
  - job_name: scrapetarget/shop/checkout/0
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names: [shop]
    params:
      module: [x]
    sample_limit: 100
    scrape_interval: 15s
    relabel_configs:
      - {action: keep, source_labels: [__meta_kubernetes_namespace, "x y"], regex: "a|b"}
      - {target_label: a, replacement: ""}
`);
  });

  it('writes several lines of PromQL as several lines', () => {
    expect(printYaml({ expr: 'sum(\n  a\n)\n  > 1' })).to.equal('expr: |-\n  sum(\n    a\n  )\n    > 1\n');
  });

  it('indents items as asked', () => {
    expect(printItems([{ job_name: 'a', static_configs: [] }, 'b'], 2)).to.equal('  - job_name: a\n    static_configs: []\n  - b\n');
  });

  for (const text of ['yes', 'NO', 'on', 'y', '~', 'null', '1', '1.5', '0x1F', '1e3', '1:30', '2026-01-01', '.inf', '', ' a', 'a ', 'a: b', 'a #b', '- a', '{a}', '[', '*a', '&a', '!a', '%a', '@a', '`a', '"', "'", '<<', '=', '\t', '\u0085', '\u2028', '\ufeff', '\u007f', 'a\r\nb', '\n', 'a\n', 'a\n\n', ' a\nb', 'a\n b \n', '\u{1f600}\nb', 'C:\\x', '1_000', '12e03', '0b1', '0o7', 'a\n\tb']) {
    it(`reads ${JSON.stringify(text)} back as the same text`, () => {
      expect(load(printYaml({ a: text, b: [text], c: { [text]: [{ [text]: text }] } }))).to.deep.equal({ a: text, b: [text], c: { [text]: [{ [text]: text }] } });
    });
  }

  it('tags the texts that Prometheus would take for nothing', () => {
    expect(printYaml({ relabel_configs: [{ regex: 'null' }, { regex: '~' }] })).to.equal('relabel_configs:\n  - {regex: !!str "null"}\n  - {regex: !!str "~"}\n');
  });

  it('writes any data so that js-yaml reads the same data', function test() {
    this.timeout(20_000);
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[ a:#'"\n-]{0,8}$/));
    const key = text.filter((name) => name !== '__proto__');
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(text, fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 10 }),
        fc.dictionary(key, tie('value'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (data) => {
      expect(load(printYaml(data))).to.deep.equal(data);
    }), { numRuns: 1000 });
  });

  it('writes the same bytes whatever the order of the keys', () => {
    const keys = fc.uniqueArray(fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'));
    fc.assert(fc.property(keys, fc.func(fc.nat()), (names, order) => {
      const shuffled = [...names].sort((a, b) => order(a) - order(b));
      expect(printYaml(Object.fromEntries(shuffled.map((name) => [name, name])))).to.equal(printYaml(Object.fromEntries(names.map((name) => [name, name]))));
    }));
  });
});
