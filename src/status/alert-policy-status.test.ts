import { expect } from 'chai';
import fc from 'fast-check';
import type { AlertPolicy, AlertPolicyStatus } from '../api/alert-policy.ts';
import { alertPolicyStatus, type AlertPolicyFacts } from './alert-policy-status.ts';
import { sameStatus } from './same-status.ts';

const now = new Date('2026-01-01T12:00:00Z');
const policy: AlertPolicy = { apiVersion: 'belfry.dev/v1alpha1', kind: 'AlertPolicy', metadata: { namespace: 'shop', name: 'checkout' }, spec: {} };
const ref = { apiVersion: policy.apiVersion, kind: 'AlertPolicy', namespace: 'shop', name: 'checkout' };
const fine: AlertPolicyFacts = {
  policy, generation: 1, rejections: [], stacks: [{ namespace: 'shop', name: 'shop', live: { confirmed: true } }], rules: 3, firing: [], injected: ['namespace="shop" on every route'], now,
};
const summary = (status: AlertPolicyStatus) => Object.fromEntries((status.conditions ?? []).map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));

describe('status/alert-policy-status', () => {
  it('is Ready and Quiet with its rules live and nothing firing', () => {
    const status = alertPolicyStatus(fine);
    expect(summary(status)).to.deep.equal({ Accepted: 'True Accepted', Live: 'True Live', Quiet: 'True NothingFires', Ready: 'True Ready', Reconciling: 'False Ready', Selected: 'True Selected', Stalled: 'False Ready' });
    expect(status).to.deep.include({ rules: 3, firingCount: 0, stacks: [{ namespace: 'shop', name: 'shop' }], injected: ['namespace="shop" on every route'] });
  });

  it('stays Ready while its alerts fire, and lists them, the most frequent first', () => {
    const status = alertPolicyStatus({ ...fine, firing: [{ alert: 'B', count: 1 }, { alert: 'A', count: 1, since: now }, { alert: 'C', count: 4 }] });
    expect(summary(status)).to.include({ Quiet: 'False AlertsFiring', Ready: 'True Ready' });
    expect(status.conditions?.find(({ type }) => type === 'Quiet')?.message).to.equal('3 alerts fire: C (4), A, B');
    expect(status).to.deep.include({ firingCount: 6, firing: [{ alert: 'C', count: 4 }, { alert: 'A', count: 1, since: '2026-01-01T12:00:00Z' }, { alert: 'B', count: 1 }] });
  });

  it('does not claim silence where nobody answered', () => {
    const status = alertPolicyStatus({ ...fine, firing: undefined });
    expect(summary(status)).to.include({ Quiet: 'Unknown HealthUnknown' });
    expect(status.firingCount).to.equal(undefined);
  });

  it('lists at most 20 firing alerts, and counts all', () => {
    const status = alertPolicyStatus({ ...fine, firing: Array.from({ length: 99 }, (_, index) => ({ alert: `A${index}`, count: 2 })) });
    expect([status.firing?.length, status.firingCount]).to.deep.equal([20, 198]);
  });

  it('is stalled by a mistake, with the reason in every condition that follows', () => {
    const status = alertPolicyStatus({ ...fine, rejections: [{ object: ref, path: 'spec.alerts[0].expr', reason: 'ExpressionInvalid', message: 'unclosed (' }] });
    expect(summary(status)).to.include({ Accepted: 'False ExpressionInvalid', Live: 'False NotAccepted', Ready: 'False ExpressionInvalid', Stalled: 'True ExpressionInvalid' });
  });

  it('is never Ready with another condition bad, and the same again from its own status', () => {
    const facts: fc.Arbitrary<AlertPolicyFacts> = fc.record({
      policy: fc.constant(policy), generation: fc.nat(2), now: fc.constant(now), rules: fc.nat(3), injected: fc.array(fc.string()),
      rejections: fc.array(fc.constant({ object: ref, path: 'spec', reason: 'RuleInvalid', message: 'm' } as const), { maxLength: 1 }),
      stacks: fc.array(fc.record({ namespace: fc.string(), name: fc.string(), live: fc.record({ confirmed: fc.boolean(), changed: fc.boolean() }) }), { maxLength: 2 }),
      firing: fc.option(fc.array(fc.record({ alert: fc.string(), count: fc.nat(3) })), { nil: undefined }),
    });
    fc.assert(
      fc.property(facts, facts, fc.nat(200), (before, now_, seconds) => {
        const then = { ...now_, policy: { ...policy, status: alertPolicyStatus(before) }, now: new Date(now.getTime() + seconds * 1000) };
        const status = alertPolicyStatus(then);
        const said = summary(status);
        expect(said['Ready']?.startsWith('True')).to.equal(['Accepted', 'Selected', 'Live'].every((type) => said[type]?.startsWith('True')));
        expect(said['Stalled']?.startsWith('True') && said['Ready']?.startsWith('True')).to.equal(false);
        expect(sameStatus(status, alertPolicyStatus({ ...then, policy: { ...policy, status } }))).to.equal(true);
      }),
    );
  });
});
