import { expect } from 'chai';
import type { SloSpec } from '../../api/alert-policy.ts';
import { errorBudget, sloAlertName, sloRules } from './slo-rules.ts';

const slo: SloSpec = { name: 'availability', objective: '99.9', errors: { bad: 'rate(bad[$window])', total: 'rate(all[$window])' } };
const alertsOf = (more: Partial<SloSpec>) => sloRules({ policy: 'shop/checkout', slo: { ...slo, ...more } }).filter(({ alert }) => alert !== undefined);

describe('render/alert-policy/slo-rules', () => {
  it('knows the error budget to the last digit', () => {
    const budgets = { '99.9': '0.001', '99.95': '0.0005', '99.999': '0.00001', '99': '0.01', '90': '0.1', '9.5': '0.905', '50.0': '0.5', '0': '1' };
    expect(Object.fromEntries(Object.keys(budgets).map((objective) => [objective, errorBudget(objective)]))).to.deep.equal(budgets);
  });

  it('looks at the workbook\'s four pairs of windows over 30 days', () => {
    const windows = alertsOf({}).map(({ expr, for: hold, labels }) => [...expr.matchAll(/:rate(\w+)\{/g)].map(([, window]) => window).concat(hold ?? '', labels?.['severity'] ?? ''));
    expect(windows).to.deep.equal([['1h', '5m', '2m', 'critical'], ['6h', '30m', '15m', 'critical'], ['1d', '2h', '1h', 'warning'], ['3d', '6h', '3h', 'warning']]);
  });

  it('scales the windows with the SLO, but for rate() never below two minutes', () => {
    const windows = alertsOf({ window: '1d' }).map(({ expr }) => [...expr.matchAll(/:rate(\w+)\{/g)].map(([, window]) => window));
    expect(windows).to.deep.equal([['2m', '2m'], ['12m', '2m'], ['48m', '4m'], ['2h24m', '12m']]);
  });

  it('leaves out the conditions that could never be met', () => {
    expect(alertsOf({ objective: '90' })).to.have.length(3);
    expect(alertsOf({ objective: '50' })).to.have.length(1);
  });

  it('asks for a number of failures where it can count them', () => {
    const guarded = (errors: SloSpec['errors']): boolean => alertsOf({ errors }).every(({ expr }) => expr.includes('slo:bad_events:increase'));
    expect(guarded(slo.errors)).to.equal(true);
    expect(guarded({ good: 'increase(good[$window])', total: 'increase(all[$window])' })).to.equal(true);
    expect(guarded({ bad: 'avg_over_time(bad[$window])', total: 'avg_over_time(all[$window])' })).to.equal(false);
  });

  it('keeps the user\'s severity, labels and annotations', () => {
    const [first] = alertsOf({ labels: { severity: 'page', team: 'a' }, annotations: { summary: 'mine' } });
    expect(first?.labels).to.include({ severity: 'page', team: 'a', slo: 'availability', slo_policy: 'shop/checkout' });
    expect(first?.annotations).to.include({ summary: 'mine' });
  });

  it('gives every SLO alerts of its own name', () => {
    expect(sloAlertName({ policy: 'shop/check-out', slo: { ...slo, name: 'p99-latency' } })).to.equal('CheckOutP99LatencyErrorBudgetBurn');
  });
});
