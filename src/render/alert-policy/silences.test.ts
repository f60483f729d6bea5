import { expect } from 'chai';
import type { SilenceSpec } from '../../api/alert-policy.ts';
import { planSilences, type AlertmanagerSilence, type NewSilence, type SilencePlan } from './silences.ts';

const stack = { metadata: { name: 'main', namespace: 'ops' } };
const now = new Date('2026-12-01T12:00:00Z');
const spec: SilenceSpec = { matchers: ['namespace="shop"', 'alertname=~"A|B"'], start: '2026-12-01T00:00:00Z', end: '2026-12-02T02:00:00+02:00', comment: 'move' };

function plan(silences: readonly SilenceSpec[], live: readonly AlertmanagerSilence[], owner = 'AlertPolicy/shop/checkout'): SilencePlan {
  return planSilences({ stack, wanted: silences.map((silence) => ({ owner, silence })), live, now });
}

/** As Alertmanager shows it: a start that was past is the moment of creation. */
function live(silence: NewSilence, more: Partial<AlertmanagerSilence> = {}): AlertmanagerSilence {
  const startsAt = Date.parse(silence.startsAt) < now.getTime() ? '2026-12-01T11:59:00.123Z' : silence.startsAt;
  return { ...silence, startsAt, matchers: silence.matchers.toReversed(), id: 'id-1', status: { state: 'active' }, ...more };
}

const [created] = plan([spec], []).create as [NewSilence];

describe('render/alert-policy/silences', () => {
  it('creates what is missing, signed with stack and policy', () => {
    expect(plan([spec], [])).to.deep.equal({
      create: [{
        matchers: [{ name: 'namespace', value: 'shop', isRegex: false, isEqual: true }, { name: 'alertname', value: 'A|B', isRegex: true, isEqual: true }],
        startsAt: '2026-12-01T00:00:00.000Z', endsAt: '2026-12-02T00:00:00.000Z', createdBy: 'belfry/ops/main/shop/checkout', comment: 'move',
      }],
      expire: [],
    });
  });

  it('leaves alone what is there as asked, whatever the order of its matchers and the moment it began', () => {
    expect(plan([spec], [live(created)])).to.deep.equal({ create: [], expire: [] });
  });

  it('creates again what somebody ended before its time', () => {
    expect(plan([spec], [live(created, { status: { state: 'expired' } })]).create).to.have.length(1);
  });

  it('creates nothing that is over', () => {
    expect(plan([{ ...spec, end: '2026-12-01T12:00:00Z' }], [])).to.deep.equal({ create: [], expire: [] });
  });

  const changes: Readonly<Record<string, SilenceSpec>> = {
    end: { ...spec, end: '2026-12-03T00:00:00Z' }, comment: { ...spec, comment: 'other' }, matchers: { ...spec, matchers: ['namespace="shop"'] }, start: { ...spec, start: '2026-12-01T18:00:00Z' },
  };
  for (const [field, changed] of Object.entries(changes)) {
    it(`replaces one whose ${field} changed`, () => {
      const { create, expire } = plan([changed], [live(created)]);
      expect([create.length, expire]).to.deep.equal([1, ['id-1']]);
    });
  }

  it('ends what no policy asks for any more, and only that of its own stack', () => {
    const others = ['belfry/ops/main2/shop/checkout', 'belfry/shop/main/shop/checkout', 'ada', 'belfry'].map((createdBy, index) => live(created, { createdBy, id: `other-${index}` }));
    expect(plan([], [live(created), ...others])).to.deep.equal({ create: [], expire: ['id-1'] });
  });

  it('keeps one of two that are the same', () => {
    expect(plan([spec], [live(created), live(created, { id: 'id-2' })])).to.deep.equal({ create: [], expire: ['id-2'] });
  });

  it('tells silences of two policies apart', () => {
    expect(plan([spec], [live(created)], 'AlertPolicy/shop/basket')).to.have.property('expire').deep.equal(['id-1']);
  });
});
