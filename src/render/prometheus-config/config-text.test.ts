import { expect } from 'chai';
import fc from 'fast-check';
import { printItems } from '../../formats/prometheus/print.ts';
import { cutPieces, joinPieces, RULES_START } from './config-text.ts';
import { piecesFromLive } from './last-good.ts';

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
const owner = fc.tuple(fc.constantFrom('ScrapeTarget', 'AlertPolicy'), name, name).map((parts) => parts.join('/'));
/** Text as users write it, also such as tries to look like the start of another piece. */
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('# ScrapeTarget/a/b', 'x\n# ScrapeTarget/a/b\ny', '\n# AlertPolicy/a/b\n', '# ScrapeTarget/a/b\n- job_name: x'), fc.lorem());
const item = fc.record({ job_name: text, expr: text, labels: fc.dictionary(text, text), relabel_configs: fc.array(fc.record({ regex: text, replacement: text }), { maxLength: 3 }) });
const pieces = fc.uniqueArray(fc.record({ owner, items: fc.array(item, { minLength: 1, maxLength: 3 }) }), { selector: (piece) => piece.owner, maxLength: 6 });

describe('render/prometheus-config/config-text', () => {
  it('cuts a file into the very pieces it was joined from, whatever users wrote', () => {
    fc.assert(fc.property(pieces, (list) => {
      const joined = list.map((piece) => ({ owner: piece.owner, text: printItems(piece.items, 0), names: [] }));
      expect([...cutPieces(`${RULES_START}- name: belfry-config/00/abc\n  rules: []\n${joinPieces(joined)}`)]).to.deep.equal(joined.map((piece) => [piece.owner, piece.text]));
    }), { numRuns: 500 });
  });

  it('finds nothing in a file of another kind', () => {
    expect([...cutPieces('')]).to.deep.equal([]);
    expect([...cutPieces('global:\n  # ScrapeTarget/a/b\n  x: 1\n')]).to.deep.equal([]);
  });

  it('takes the pieces of a resource from the first shard\'s ConfigMaps', () => {
    const configMap = (shard: string, data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `x${shard}`, labels: { 'belfry.dev/shard': shard } }, data });
    const live = [
      configMap('0', { 'scrape-07.yaml': 'scrape_configs:\n# ScrapeTarget/shop/a\n- a0\n', 'rules-07.yaml': 'groups:\n# AlertPolicy/shop/a\n- g\n', 'prometheus.yml': '# ScrapeTarget/shop/c\n' }),
      configMap('1', { 'scrape-07.yaml': 'scrape_configs:\n# ScrapeTarget/shop/a\n- a1\n# ScrapeTarget/shop/b\n- b1\n' }),
    ];
    expect([...piecesFromLive(live)]).to.deep.equal([['ScrapeTarget/shop/a', { scrape: '- a0\n' }], ['AlertPolicy/shop/a', { rules: '- g\n' }]]);
  });
});
