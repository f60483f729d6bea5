import { expect } from 'chai';
import fc from 'fast-check';
import type { Condition } from '../api/conditions.ts';
import type { ScrapeTarget, ScrapeTargetStatus } from '../api/scrape-target.ts';
import { sameStatus } from './same-status.ts';
import { scrapeTargetStatus, type ScrapeTargetFacts } from './scrape-target-status.ts';

const now = new Date('2026-01-01T12:00:20Z');
const target: ScrapeTarget = {
  apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { namespace: 'shop', name: 'checkout', generation: 2 }, spec: { service: {} },
};
const ref = { apiVersion: target.apiVersion, kind: 'ScrapeTarget', namespace: 'shop', name: 'checkout' };
const stack = { namespace: 'shop', name: 'shop', jobs: ['scrapetarget/shop/checkout/0'], live: { confirmed: true }, counts: { up: 5, down: 0, dropped: 3 } };
const fine: ScrapeTargetFacts = { target, generation: 2, rejections: [], stacks: [stack], health: { known: true, up: 5, down: 0, errors: [] }, duplicates: [], now };
const withHealth = (health: Partial<ScrapeTargetFacts['health']>): ScrapeTargetFacts => ({ ...fine, health: { known: true, up: 0, down: 0, errors: [], ...health } });
const withLive = (live: object): ScrapeTargetFacts => ({ ...fine, stacks: [{ ...stack, live: { confirmed: false, ...live } }] });

/** Conditions as `Type=Status Reason`, which is what tables compare. */
function summary(status: ScrapeTargetStatus): Record<string, string> {
  return Object.fromEntries((status.conditions ?? []).map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));
}
const condition = (status: ScrapeTargetStatus, type: string): Condition => {
  const found = status.conditions?.find((item) => item.type === type);
  if (!found) throw new Error(`no condition ${type}`);
  return found;
};
const after = (facts: ScrapeTargetFacts, seconds: number, previous: ScrapeTargetStatus): ScrapeTargetFacts => ({ ...facts, target: { ...target, status: previous }, now: new Date(now.getTime() + seconds * 1000) });

const HEALTH: readonly { says: string; facts: ScrapeTargetFacts; ready: string; message: string }[] = [
  { says: 'all targets answering', facts: fine, ready: 'True Ready', message: 'all 5 targets answer' },
  {
    says: 'a selector that fits no Service', ready: 'False NoServiceMatches',
    facts: withHealth({ discovery: { kind: 'Service', namespace: 'shop', selector: 'app=checkout', matched: 0, candidates: 12, nearest: { name: 'checkout-api', label: 'app=checkout-api' } } }),
    message: '0 of 12 Services in shop carry app=checkout; nearest: checkout-api has app=checkout-api',
  },
  {
    says: 'a selector that fits no Ingress where there is none', ready: 'False NoIngressMatches',
    facts: withHealth({ discovery: { kind: 'Ingress', namespace: 'shop', selector: 'app=checkout', matched: 0, candidates: 0 } }),
    message: 'there are no Ingresses in shop',
  },
  {
    says: 'a selector that fits nothing, before any Prometheus answers', ready: 'False NoPodMatches',
    facts: withHealth({ known: false, discovery: { kind: 'Pod', namespace: 'shop', selector: 'app=x', matched: 0, candidates: 1 } }),
    message: '0 of 1 Pods in shop carry app=x',
  },
  {
    says: 'Services without Pods', ready: 'False NoEndpoints',
    facts: withHealth({ discovery: { kind: 'Service', selector: 'app=x', matched: 2, candidates: 9, names: ['a', 'b'] } }),
    message: '2 of 9 Services match (a, b), but no ready Pod with a port that fits stands behind',
  },
  {
    says: 'Pods of which Prometheus makes nothing', ready: 'False NoTargets',
    facts: withHealth({ discovery: { kind: 'Pod', selector: 'app=x', matched: 1, candidates: 9 } }),
    message: '1 of 9 Pods matches, but Prometheus made no target of it',
  },
  { says: 'discovery that is empty', facts: withHealth({}), ready: 'False NoTargets', message: 'discovery found no target' },
  { says: 'a rule that drops all', facts: withHealth({ droppedBy: 'endpoints[0].relabel[1]' }), ready: 'False AllTargetsDropped', message: 'targets are found, and all dropped by endpoints[0].relabel[1]' },
  {
    says: 'targets that do not answer', ready: 'False ScrapeFailing',
    facts: withHealth({ up: 3, down: 2, errors: [{ message: 'timeout', count: 1 }, { message: 'connection refused', count: 2, example: '10.0.0.5:9100' }] }),
    message: '2 of 5 targets do not answer: connection refused (2, e.g. 10.0.0.5:9100); timeout (1)',
  },
  { says: 'a namesake', facts: { ...fine, duplicates: ['ScrapeTarget/shop/other'] }, ready: 'False DuplicateTarget', message: 'ScrapeTarget/shop/other scrapes the same addresses, so every series is there twice; delete one, or narrow its selection' },
  { says: 'targets not scraped yet', facts: withHealth({ up: 1, pending: 2 }), ready: 'Unknown Progressing', message: '2 targets found and not scraped yet; 1 up' },
  { says: 'no Prometheus to ask', facts: withHealth({ known: false, error: 'timeout' }), ready: 'Unknown HealthUnknown', message: 'no Prometheus answered yet: timeout' },
];

describe('status/scrape-target-status', () => {
  for (const { says, facts, ready, message } of HEALTH) {
    it(`is Ready=${ready} with ${says}`, () => {
      const status = scrapeTargetStatus(facts);
      expect(summary(status)['Ready']).to.equal(ready);
      expect(condition(status, 'Ready').message).to.equal(message);
      expect(condition(status, 'Healthy').message).to.equal(message);
    });
  }

  it('has every condition, and its numbers', () => {
    const status = scrapeTargetStatus(fine);
    expect(summary(status)).to.deep.equal({
      Accepted: 'True Accepted', Healthy: 'True TargetsUp', Live: 'True Live', Ready: 'True Ready', Reconciling: 'False Ready', Selected: 'True Selected', Stalled: 'False Ready',
    });
    expect(status).to.deep.include({ observedGeneration: 2, up: 5, down: 0, stacks: [{ namespace: 'shop', name: 'shop', jobs: ['scrapetarget/shop/checkout/0'], up: 5, down: 0, dropped: 3 }] });
  });

  it('is stalled by its own mistake, and names it', () => {
    const rejections = [{ object: ref, path: 'spec.endpoints[0].port', reason: 'PortNameUnknown', message: 'no port is called metrics' } as const];
    const status = scrapeTargetStatus({ ...fine, rejections, health: { known: true, up: 0, down: 0, errors: [] } });
    expect(summary(status)).to.include({ Accepted: 'False PortNameUnknown', Live: 'False NotAccepted', Healthy: 'Unknown NotAccepted', Ready: 'False PortNameUnknown', Stalled: 'True PortNameUnknown', Reconciling: 'False PortNameUnknown' });
    expect(condition(status, 'Ready').message).to.equal('spec.endpoints[0].port: no port is called metrics');
  });

  it('says that the last good version stays live, and how that one does', () => {
    const rejections = [{ object: ref, path: 'spec', reason: 'RelabelRuleInvalid', message: 'x' } as const];
    const status = scrapeTargetStatus({ ...fine, rejections, stacks: [{ ...stack, live: { confirmed: true, lastGoodKept: true } }] });
    expect(summary(status)).to.include({ Live: 'False LastGoodKept', Healthy: 'True TargetsUp', Ready: 'False RelabelRuleInvalid' });
  });

  it('is stalled where no stack selects it, and quotes why', () => {
    const status = scrapeTargetStatus({ ...fine, stacks: [], whyNot: { reason: 'NamespaceNotSelected', message: 'wants a=b' } });
    expect(summary(status)).to.include({ Selected: 'False NamespaceNotSelected', Live: 'False NotSelected', Healthy: 'Unknown NotSelected', Ready: 'False NamespaceNotSelected', Stalled: 'True NamespaceNotSelected' });
    expect(condition(status, 'Ready').message).to.equal('wants a=b');
    expect(status.stacks).to.equal(undefined);
  });

  it('is Unknown, never False, while a first config is on its way, and names the replica that lags', () => {
    const status = scrapeTargetStatus(withLive({ missing: ['prometheus-shop-1'], hash: 'ab12', since: new Date('2026-01-01T12:00:08Z'), error: 'connection refused' }));
    expect(summary(status)).to.include({ Live: 'Unknown ConfigNotConfirmed', Ready: 'Unknown ConfigNotConfirmed', Reconciling: 'True Progressing', Stalled: 'False ConfigNotConfirmed' });
    expect(condition(status, 'Live').message).to.equal('shop/shop: prometheus-shop-1 has not confirmed config ab12: connection refused');
  });

  it('is False once a replica has not confirmed for 90 seconds, and stays so until it has', () => {
    const facts = withLive({ missing: ['prometheus-shop-1'] });
    const first = scrapeTargetStatus(facts);
    expect(summary(scrapeTargetStatus(after(facts, 89, first)))['Live']).to.equal('Unknown ConfigNotConfirmed');
    const overdue = scrapeTargetStatus(after(facts, 90, first));
    expect(summary(overdue)['Live']).to.equal('False ConfigNotConfirmed');
    expect(summary(scrapeTargetStatus(after(facts, 95, overdue)))['Live']).to.equal('False ConfigNotConfirmed');
    expect(summary(scrapeTargetStatus(after(fine, 99, overdue)))['Live']).to.equal('True Live');
  });

  it('is not written twice because a neighbour in the same config changed', () => {
    const before = scrapeTargetStatus(fine);
    const during = scrapeTargetStatus(after(withLive({ changed: false, since: now }), 1, before));
    expect(sameStatus(before, during)).to.equal(true);
    expect(summary(scrapeTargetStatus(after(withLive({ changed: true, since: now }), 1, before)))['Live']).to.equal('Unknown ConfigNotConfirmed');
    expect(summary(scrapeTargetStatus({ ...after(withLive({ changed: false, since: now }), 1, before), generation: 3 }))['Live']).to.equal('Unknown ConfigNotConfirmed');
  });

  it('quotes a Prometheus that refuses the whole config', () => {
    const status = scrapeTargetStatus(withLive({ refused: true, error: 'bad thing' }));
    expect(summary(status)).to.include({ Live: 'False ConfigRefused', Ready: 'False ConfigRefused' });
  });

  it('stays small whatever happens', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ message: `error ${index} ${'x'.repeat(5000)}`, count: index, example: 'y'.repeat(999) }));
    const rejections = many.map(({ message }) => ({ object: ref, path: 'spec', reason: 'Invalid', message }) as const);
    const stacks = many.map((_, index) => ({ ...stack, name: `stack-${index}` }));
    const status = scrapeTargetStatus({ ...fine, stacks, health: { known: true, up: 0, down: 500, errors: many } });
    expect(status.errors).to.have.length(5);
    expect(status.errors?.[0]?.count).to.equal(499);
    expect(status.stacks).to.have.length(20);
    expect(JSON.stringify(status).length).to.be.lessThan(20_000);
    for (const { message } of [...(status.conditions ?? []), ...(scrapeTargetStatus({ ...fine, rejections }).conditions ?? [])]) expect(message.length).to.be.at.most(1024);
  });

  const liveness = fc.record({ confirmed: fc.boolean(), changed: fc.boolean(), refused: fc.boolean(), lastGoodKept: fc.boolean(), missing: fc.array(fc.string()) }, { requiredKeys: ['confirmed'] });
  const count = fc.nat(3);
  const anyFacts: fc.Arbitrary<ScrapeTargetFacts> = fc.record({
    target: fc.constant(target), generation: fc.nat(3), now: fc.constant(now),
    rejections: fc.array(fc.record({ object: fc.constant(ref), path: fc.string(), reason: fc.constantFrom('Invalid' as const, 'SecretMissing' as const), message: fc.string() }), { maxLength: 5 }),
    stacks: fc.array(fc.record({ namespace: fc.string(), name: fc.string(), jobs: fc.array(fc.string()), live: liveness }), { maxLength: 3 }),
    health: fc.record(
      {
        known: fc.boolean(), up: count, down: count, pending: count, errors: fc.array(fc.record({ message: fc.string(), count })), droppedBy: fc.string(),
        discovery: fc.record({ kind: fc.constantFrom('Service' as const, 'Pod' as const), selector: fc.string(), matched: count, candidates: count }),
      },
      { requiredKeys: ['known', 'up', 'down', 'errors'] },
    ),
    duplicates: fc.array(fc.string(), { maxLength: 2 }),
  });

  it('is never Ready with another condition bad, and never Stalled and Ready, or Stalled and Reconciling, at once', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const said = summary(scrapeTargetStatus(facts));
        const statusOf = (type: string) => said[type]?.split(' ')[0];
        const allGood = ['Accepted', 'Selected', 'Live', 'Healthy'].every((type) => statusOf(type) === 'True');
        expect(statusOf('Ready') === 'True').to.equal(allGood);
        if (statusOf('Stalled') === 'True') expect([statusOf('Ready'), statusOf('Reconciling')]).to.deep.equal(['False', 'False']);
      }),
    );
  });

  it('gives the same again for the same facts, also when its own status is the current one', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, fc.nat(200), (before, facts, seconds) => {
        const previous = scrapeTargetStatus(before);
        const then = after(facts, seconds, previous);
        const status = scrapeTargetStatus(then);
        expect(scrapeTargetStatus(then)).to.deep.equal(status);
        const again = scrapeTargetStatus({ ...then, target: { ...target, status } });
        expect(sameStatus(status, again)).to.equal(true);
      }),
    );
  });
});
