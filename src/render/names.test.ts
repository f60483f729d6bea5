import { expect } from 'chai';
import { stackSettings } from '../api/defaults.ts';
import { nameProblems, podAddress, prometheusBucketConfigMap, prometheusShardName } from './names.ts';

const problems = (name: string, shards = 1, enabled = true) =>
  nameProblems({ name, namespace: 'shop' }, stackSettings({ spec: { prometheus: { shards }, alertmanager: { enabled } } }));

describe('render/names', () => {
  it('gives the first shard the plain name, and the others their number', () => {
    const stack = { name: 'shop', namespace: 'shop' };
    expect([0, 1, 12].map((shard) => prometheusShardName(stack, shard))).to.deep.equal(['prometheus-shop', 'prometheus-shop-shard-1', 'prometheus-shop-shard-12']);
    expect(prometheusBucketConfigMap(stack, 0, 7)).to.equal('prometheus-shop-config-07');
    expect(prometheusBucketConfigMap(stack, 1, 63)).to.equal('prometheus-shop-shard-1-config-63');
  });

  it('addresses a pod under its governing Service', () => {
    expect(podAddress('a-0', 'a-pods', 'shop')).to.equal('a-0.a-pods.shop.svc');
  });

  // alertmanager- has 13 characters, prometheus- 11, -shard-1 8; a StatefulSet may have 52.
  for (const { longest, shards, enabled } of [{ longest: 39, shards: 1, enabled: true }, { longest: 33, shards: 2, enabled: true }, { longest: 41, shards: 1, enabled: false }]) {
    it(`takes ${longest} characters with ${shards} shard(s), Alertmanager ${enabled ? 'on' : 'off'}, and no more`, () => {
      expect(problems('x'.repeat(longest), shards, enabled)).to.deep.equal([]);
      const [problem] = problems('x'.repeat(longest + 1), shards, enabled);
      expect(problem).to.include({ path: 'metadata.name', reason: 'NameTooLong' });
      expect(problem?.message).to.contain(`use a name of at most ${longest} characters`);
    });
  }
});
