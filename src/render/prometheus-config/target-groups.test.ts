import { expect } from 'chai';
import fc from 'fast-check';
import { stackOf, targetInput } from '../../testing/scrape-target-case.ts';
import type { TargetInput } from '../stack-input.ts';
import { targetGroups } from './target-groups.ts';

const input = (name: string): TargetInput => targetInput({ target: { name, spec: { static: { targets: ['a:1'] } } } });
const names = (groups: readonly (readonly TargetInput[])[]): string[][] => groups.map((group) => group.map(({ target }) => target.metadata.name));

describe('render/prometheus-config/target-groups', () => {
  it('keeps the lists of all buckets but that of the ScrapeTarget that changed', () => {
    const stack = stackOf({});
    const inputs = Array.from({ length: 500 }, (_, index) => input(`t${index}`));
    const before = targetGroups(stack, inputs);
    const after = targetGroups(stack, inputs.with(123, input('t123')));
    expect(after.filter((group, home) => group !== before[home])).to.have.length(1);
    expect(names(after)).to.deep.equal(names(before));
    expect(after.flat()).not.to.include(inputs[123]);
  });

  it('says after any history what it says at first sight', () => {
    const all = Array.from({ length: 40 }, (_, index) => input(`t${index}`));
    fc.assert(fc.property(fc.array(fc.shuffledSubarray(all), { minLength: 1, maxLength: 6 }), (history) => {
      const stack = stackOf({});
      const groups = history.map((inputs) => targetGroups(stack, inputs)).at(-1);
      expect(groups).to.deep.equal(targetGroups(stackOf({}), history.at(-1) ?? []));
    }));
  });
});
