import { expect } from 'chai';
import { printFluentd } from './print.ts';

describe('render/logs/fluentd/print', () => {
  it('nests directives, and leaves out what is undefined', () => {
    expect(printFluentd([{ name: 'match', argument: 'a.**', set: { '@type': 'x', path: undefined, retry: true }, inside: [{ name: 'buffer', set: { size: 4 } }] }]))
      .to.equal('<match a.**>\n  @type x\n  retry true\n  <buffer>\n    size 4\n  </buffer>\n</match>\n');
  });

  const VALUES: readonly (readonly [value: string, printed: string])[] = [
    ['/var/log/containers/*_shop_*.log', '/var/log/containers/*_shop_*.log'],
    ['/^(?<a>.*) #b$/', '/^(?<a>.*) #b$/'],
    ['["a","b"]', '["a","b"]'],
    ['"#{ENV[\'A\']}"', '"#{ENV[\'A\']}"'],
    ['two words', '"two words"'],
    ['#{system("x")}', '"\\#{system(\\"x\\")}"'],
  ];
  for (const [value, printed] of VALUES) it(`writes ${value} so that it is read as it is`, () => expect(printFluentd([{ name: 'x', set: { a: value } }])).to.equal(`<x>\n  a ${printed}\n</x>\n`));
});
