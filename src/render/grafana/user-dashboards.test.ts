import { expect } from 'chai';
import fc from 'fast-check';
import type { StringMap } from '../../api/kube-object.ts';
import { stackSettings } from '../../api/defaults.ts';
import { aStack } from '../../testing/build.ts';
import { stackParts } from '../stack-parts.ts';
import { userDashboards } from './user-dashboards.ts';

const stack = aStack();
const context = { stack, settings: stackSettings(stack), parts: stackParts(stack, stackSettings(stack), { references: undefined }), operatorNamespace: 'belfry-system' };
const copies = (brought: Readonly<Record<string, StringMap>>) => userDashboards(context, new Map(Object.entries(brought)));
const files = (brought: Readonly<Record<string, StringMap>>) => Object.assign({}, ...copies(brought).map(({ data }) => data)) as Record<string, string>;

describe('render/grafana/user-dashboards', () => {
  it('copies what ends in .json, minified, under a name that says whose it is', () => {
    expect(files({ 'shop/a': { 'x.json': '{ "title": "X" }', 'README.md': 'no' }, 'web/a': { 'x.json': '{"title":"Y"}' } })).to.deep.equal({
      'shop_a_x.json': '{"title":"X"}', 'web_a_x.json': '{"title":"Y"}',
    });
  });

  it('hands on what is no JSON, for Grafana to complain about', () => {
    expect(files({ 'shop/a': { 'x.json': '{' } })).to.deep.equal({ 'shop_a_x.json': '{' });
  });

  it('moves only one dashboard when one more comes', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`shop/d-${index}`, { 'd.json': `{"title":"${index}"}` }]));
    const before = new Map(copies(many).map(({ metadata, data }) => [metadata.name, JSON.stringify(data)]));
    const after = copies({ ...many, 'shop/new': { 'd.json': '{}' } });
    expect(after.filter(({ metadata, data }) => before.get(metadata.name) !== JSON.stringify(data))).to.have.length(1);
  });

  it('keeps every dashboard, and no ConfigMap above 900 KiB', () => {
    const size = fc.integer({ min: 1, max: 400 * 1024 });
    fc.assert(
      fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
        const brought = Object.fromEntries(sizes.map((length, index) => [`shop/d-${index}`, { 'd.json': `"${'x'.repeat(length)}"` }]));
        const written = copies(brought);
        expect(Object.keys(files(brought))).to.have.length(sizes.length);
        for (const { data } of written) expect(Buffer.byteLength(JSON.stringify(Object.values(data as StringMap)))).to.be.lessThan(910 * 1024);
      }),
      { numRuns: 20 },
    );
  });

  it('does not label its copies as dashboards, or they would be copied in turn', () => {
    expect(copies({ 'shop/a': { 'x.json': '{}' } }).map(({ metadata }) => metadata.labels?.['belfry.dev/part'])).to.deep.equal([undefined]);
  });
});
