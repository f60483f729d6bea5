import { expect } from 'chai';
import { printYaml } from '../../formats/prometheus/print.ts';
import { goldenText } from '../../testing/golden.ts';
import { settingsOf, targetInput, type ScrapeTargetCase } from '../../testing/scrape-target-case.ts';
import { renderTarget } from './render-target.ts';

describe('render/scrape-target/render-target', () => {
  goldenText<ScrapeTargetCase>(`${import.meta.dirname}/testdata`, 'yaml', (input) => {
    const { piece, rejections, omitted, credentials } = renderTarget(targetInput(input), settingsOf(input));
    const remarks = {
      ...(rejections.length > 0 ? { rejections: rejections.map(({ path, reason, message }) => ({ path, reason, message })) } : {}),
      ...(omitted.length > 0 ? { omitted } : {}),
      ...(credentials.size > 0 ? { credentials: Object.fromEntries(credentials) } : {}),
    };
    return (Object.keys(remarks).length > 0 ? printYaml(remarks).replaceAll(/^/gm, '# ').replace(/# $/, '') : '') + (piece ? `scrape_configs:\n${piece.text}` : '');
  });

  const spec = { static: { targets: ['10.0.0.5:9100'] } };

  it('gives the very same object for a ScrapeTarget that did not change', () => {
    const input = targetInput({ target: { spec } });
    const first = renderTarget(input, settingsOf({}));
    expect(renderTarget({ ...input }, settingsOf({}))).to.equal(first);
    expect(renderTarget(input, settingsOf({ stack: { prometheus: { shards: 2 } } }))).not.to.equal(first);
    expect(renderTarget(input, settingsOf({}))).to.equal(first);
  });

  it('renders anew when a Secret behind a ScrapeTarget changes', () => {
    const target = { spec: { ...spec, endpoints: [{ auth: { bearerToken: { name: 's', key: 'token' } } }] } };
    const input = targetInput({ target, references: { 'Secret/shop/s/token': 'b25l' } });
    expect([...renderTarget(input, settingsOf({})).credentials]).to.deep.equal([['secret_shop_s_token', 'b25l']]);
    const rotated = { ...input, references: new Map([['Secret/shop/s/token', 'dHdv']]) };
    expect([...renderTarget(rotated, settingsOf({})).credentials]).to.deep.equal([['secret_shop_s_token', 'dHdv']]);
    expect(renderTarget({ ...input, references: new Map() }, settingsOf({})).rejections).to.have.length(1);
  });

  it('refuses a ScrapeTarget whose jobs are more than half a mebibyte', () => {
    const targets = Array.from({ length: 40_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}:9100`);
    const { piece, rejections } = renderTarget(targetInput({ target: { spec: { static: { targets } } } }), settingsOf({}));
    expect(piece).to.equal(undefined);
    expect(rejections.map(({ reason, path }) => ({ reason, path }))).to.deep.equal([{ reason: 'TooLarge', path: 'spec' }]);
  });

  it('keeps the last good version of one that is rejected, as text', () => {
    const good = renderTarget(targetInput({ target: { spec } }), settingsOf({}));
    const bad = renderTarget(targetInput({ target: { spec: { static: { targets: ['http://10.0.0.5/'] } } }, lastGood: good.piece?.text ?? '' }), settingsOf({}));
    expect(bad.piece).to.deep.equal(good.piece);
    expect(bad.rejections).to.have.length(1);
  });

  it('keeps no last good version whose files are gone, since Prometheus would refuse the whole config', () => {
    const target = { spec: { ...spec, endpoints: [{ scheme: 'https' as const, tls: { ca: { configMap: { name: 'ca', key: 'ca.crt' } } } }] } };
    const { piece } = renderTarget(targetInput({ target }), settingsOf({}));
    const lastGood = piece?.text ?? '';
    const gone = renderTarget(targetInput({ target, references: {}, lastGood }), settingsOf({}));
    expect(gone.piece).to.equal(undefined);
    const there = targetInput({ target: { spec: { static: { targets: ['a/b'] } } }, references: { 'ConfigMap/shop/ca/ca.crt': 'eA==' }, lastGood });
    expect([...renderTarget(there, settingsOf({})).credentials]).to.deep.equal([['configmap_shop_ca_ca.crt', 'eA==']]);
    expect(renderTarget(there, settingsOf({})).piece?.names).to.deep.equal(['scrapetarget/shop/checkout/0']);
  });
});
