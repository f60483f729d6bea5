import { expect } from 'chai';
import type { Condition } from '../api/conditions.ts';
import { conditionsFrom, setCondition } from './conditions.ts';

const before = new Date('2026-01-01T00:00:00.123Z');
const later = new Date('2026-01-01T00:01:00Z');
const live = { type: 'Live', status: 'True', reason: 'Live', message: '', observedGeneration: 1 } as const;

describe('status/conditions', () => {
  it('writes the moment in whole seconds, as the API server does', () => {
    expect(setCondition([], live, before)).to.deep.equal([{ ...live, lastTransitionTime: '2026-01-01T00:00:00Z' }]);
  });

  it('keeps the transition time while the status stays, whatever else changes', () => {
    const [condition] = setCondition(setCondition([], live, before), { ...live, reason: 'Other', message: 'other', observedGeneration: 2 }, later);
    expect(condition).to.deep.equal({ ...live, reason: 'Other', message: 'other', observedGeneration: 2, lastTransitionTime: '2026-01-01T00:00:00Z' });
  });

  it('moves the transition time with the status', () => {
    expect(setCondition(setCondition([], live, before), { ...live, status: 'False' }, later)[0]?.lastTransitionTime).to.equal('2026-01-01T00:01:00Z');
  });

  it('sorts by type, keeps the others, and changes nothing that it was given', () => {
    const current: readonly Condition[] = Object.freeze([{ type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: 't' }] as const);
    expect(setCondition(current, { ...live, type: 'Zeal' }, later).map(({ type }) => type)).to.deep.equal(['Ready', 'Zeal']);
    expect(setCondition(current, { ...live, type: 'Accepted' }, later).map(({ type }) => type)).to.deep.equal(['Accepted', 'Ready']);
  });

  it('cuts messages to 1024 characters, and never in the middle of one', () => {
    const [condition] = setCondition([], { ...live, message: `${'x'.repeat(1022)}\u{1F514}\u{1F514}` }, later);
    expect(condition?.message).to.equal(`${'x'.repeat(1022)}\u2026`);
  });

  it('drops conditions of types that are no longer found', () => {
    const current: Condition[] = [{ type: 'Retired', status: 'True', reason: 'X', message: '', lastTransitionTime: 't' }];
    expect(conditionsFrom([{ type: 'Live', status: 'True', reason: 'Live', message: '' }], { current, generation: 3, now: later })).to.deep.equal([
      { type: 'Live', status: 'True', reason: 'Live', message: '', observedGeneration: 3, lastTransitionTime: '2026-01-01T00:01:00Z' },
    ]);
  });
});
