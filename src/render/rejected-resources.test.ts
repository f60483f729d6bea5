import { expect } from 'chai';
import fc from 'fast-check';
import { refKey } from '../api/kube-object.ts';
import { stackInputs } from '../testing/stack-input-arbitrary.ts';
import { renderStack } from './render-stack.ts';

const OPTIONS = { numRuns: Number(process.env['RENDER_RUNS'] ?? 60), seed: Number(process.env['RENDER_SEED'] ?? 20261121) };
const bytes = (objects: readonly object[]): string[] => objects.map((object) => JSON.stringify(object));

describe('render: a resource that is rejected', function () {
  this.timeout(120_000);

  it('changes nothing else by a byte', () => {
    let rejected = 0;
    let accepted = 0;
    fc.assert(fc.property(stackInputs, (input) => {
      const all = renderStack(input);
      const bad = new Set(all.rejections.map(({ object }) => refKey(object)));
      const isGood = (kind: string, { metadata: { namespace, name } }: { readonly metadata: { readonly namespace: string; readonly name: string } }): boolean => !bad.has(`${kind}/${namespace}/${name}`);
      const without = renderStack({
        ...input,
        targets: input.targets.filter(({ target }) => isGood('ScrapeTarget', target)),
        policies: input.policies.filter(({ policy }) => isGood('AlertPolicy', policy)),
      });
      expect(without.rejections).to.deep.equal([]);
      expect(bytes(without.objects)).to.deep.equal(bytes(all.objects));
      expect(without.alertmanagerConfig).to.equal(all.alertmanagerConfig);
      expect(without.buckets).to.deep.equal(all.buckets);
      rejected += bad.size;
      accepted += all.jobs.size + all.rules.size;
    }), OPTIONS);
    // The property says something only where there are many of both.
    expect(Math.min(rejected, accepted)).to.be.greaterThan(OPTIONS.numRuns);
  });
});
