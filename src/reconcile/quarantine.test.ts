import { expect } from 'chai';
import { Quarantine } from './quarantine.ts';

const OWNER = 'ScrapeTarget/shop/checkout';
const suspected = { generation: 3, message: 'refused', isNamed: false };

describe('reconcile/quarantine', () => {
  let quarantine: Quarantine;
  const isOut = (nowMs: number, generation = 3): boolean => quarantine.whyOut(OWNER, generation, nowMs) !== undefined;

  beforeEach(() => {
    quarantine = new Quarantine();
  });

  it('leaves out whom a refusal names until it changes', () => {
    quarantine.blame(OWNER, { ...suspected, isNamed: true });
    quarantine.allLive(0);
    expect([isOut(0), isOut(86_400_000), quarantine.nextTrialMs]).to.deep.equal([true, true, undefined]);
    expect([isOut(0, 4), quarantine.isEmpty]).to.deep.equal([false, true]);
  });

  it('tries a mere suspect again once all is live without it, and acquits it where that goes well', () => {
    quarantine.blame(OWNER, suspected);
    expect(isOut(3_600_000)).to.equal(true);
    quarantine.allLive(1_000);
    expect([isOut(10_999), quarantine.nextTrialMs]).to.deep.equal([true, 11_000]);
    expect([isOut(11_000), quarantine.tried]).to.deep.equal([false, [OWNER]]);
    quarantine.allLive(12_000);
    expect(quarantine.isEmpty).to.equal(true);
  });

  it('tries one that is guilty ever more rarely', () => {
    const pauses: number[] = [];
    let nowMs = 0;
    for (let trial = 0; trial < 12; trial++) {
      quarantine.blame(OWNER, suspected);
      quarantine.allLive(nowMs);
      pauses.push((quarantine.nextTrialMs ?? 0) - nowMs);
      nowMs = quarantine.nextTrialMs ?? 0;
      expect(isOut(nowMs)).to.equal(false);
    }
    expect(pauses.slice(0, 4)).to.deep.equal([10_000, 20_000, 40_000, 80_000]);
    expect(pauses.at(-1)).to.equal(3_600_000);
  });

  it('forgets who is gone, so that nobody waits for its trial', () => {
    quarantine.blame(OWNER, suspected);
    quarantine.allLive(0);
    quarantine.keepOnly(new Set(['ScrapeTarget/shop/other']));
    expect([quarantine.isEmpty, quarantine.nextTrialMs]).to.deep.equal([true, undefined]);
  });

  it('says that a suspect may be innocent', () => {
    quarantine.blame(OWNER, suspected);
    expect(quarantine.whyOut(OWNER, 3, 0)).to.equal('refused; it may not be to blame, and is tried again');
  });
});
