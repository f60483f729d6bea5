import { expect } from 'chai';
import { printYaml } from '../../formats/prometheus/print.ts';
import type { RelabelRule } from '../../formats/prometheus/relabel.ts';
import { relabeled } from '../../formats/prometheus/relabel-eval.ts';
import { load } from 'js-yaml';
import { forShard, keepOnFirstShard, keepShard, spreadAnew, type Spread } from './shard-rules.ts';

const ADDRESSES = Array.from({ length: 300 }, (_, host) => `10.0.${host % 7}.${host}:9100`);
const text = (rules: readonly RelabelRule[]): string => printYaml({ relabel_configs: rules });
const rulesIn = (config: string): readonly RelabelRule[] => (load(config) as { relabel_configs: readonly RelabelRule[] | null }).relabel_configs ?? [];

/** The addresses that a shard keeps, by the very text that it reads. */
function kept(config: string, shard: number): string[] {
  const rules = rulesIn(forShard(config, shard));
  return ADDRESSES.filter((address) => relabeled(rules, { __address__: address }) !== undefined);
}
const parts = (spread: Spread, shards = Math.max(...spread)): string[][] => Array.from({ length: shards }, (_, shard) => kept(text(keepShard(spread)), shard));

describe('render/scrape-target/shard-rules', () => {
  for (const shards of [2, 3, 7]) {
    it(`give every target to one of ${shards} shards, about as many to each`, () => {
      const all = parts([shards]);
      expect(all.flat().sort()).to.deep.equal([...ADDRESSES].sort());
      for (const part of all) expect(part.length).to.be.within((ADDRESSES.length / shards) * 0.6, (ADDRESSES.length / shards) * 1.4);
    });
  }

  for (const spread of [[1, 2], [2, 3], [3, 2], [3, 1], [2, 3, 4], [4, 2, 3]]) {
    it(`let each shard have its part by any of ${spread.join(' and ')} while targets move`, () => {
      const moving = parts(spread);
      for (const shards of spread) {
        // One shard needs no rule at rest, and has everything.
        const rest = shards === 1 ? [ADDRESSES] : parts([shards]);
        for (const [shard, part] of rest.entries()) expect(moving[shard], `shard ${shard} of ${shards}`).to.include.members(part);
      }
      for (const [shard, part] of moving.entries()) {
        const wanted = new Set(spread.flatMap((shards) => (shards === 1 ? [ADDRESSES] : parts([shards]))[shard] ?? []));
        expect(new Set(part)).to.deep.equal(wanted);
      }
    });
  }

  it('are not there for a single shard', () => {
    expect(keepShard([1])).to.deep.equal([]);
    expect(keepOnFirstShard([1])).to.deep.equal([]);
  });

  it('leave some jobs to the first shard as a whole, also while targets move', () => {
    for (const spread of [[2], [2, 3], [1, 2]]) {
      const config = text(keepOnFirstShard(spread));
      expect([0, 1, 2].map((shard) => kept(config, shard).length), spread.join()).to.deep.equal([ADDRESSES.length, 0, 0]);
    }
  });

  it('change nothing of a config but their own number', () => {
    const config = text([{ source_labels: ['a'], regex: '0', action: 'keep' }, ...keepShard([2, 3])]);
    expect(forShard(config, 12)).to.equal(config.replace('regex: "0;.*|.*;0"', 'regex: "12;.*|.*;12"'));
  });

  const SPREADS: readonly Spread[] = [[2], [3], [2, 3], [3, 2, 4]];
  for (const before of SPREADS) {
    for (const after of [...SPREADS, [1]]) {
      it(`of a text for ${before.join()} become those for ${after.join()}`, () => {
        const jobs = (spread: Spread): string => printYaml([
          { job_name: 'a', relabel_configs: [{ source_labels: ['x'], regex: '0', action: 'keep' }, ...keepShard(spread)], scheme: 'https' },
          { job_name: 'b', relabel_configs: [{ target_label: 'job', replacement: 'b' }, ...keepShard(spread, '__param_target')] },
        ]);
        expect(spreadAnew(jobs(before), after)).to.equal(jobs(after));
      });
    }
  }

  it('are not added to a text that has none', () => {
    const config = text([{ target_label: 'job', replacement: 'b' }]);
    expect(spreadAnew(config, [2])).to.equal(config);
  });
});
