import { expect } from 'chai';
import { dump } from 'js-yaml';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyOf, settingsOf, stackOf } from '../../src/render/alert-policy/testdata/render-case.ts';
import { renderPolicy } from '../../src/render/alert-policy/render-policy.ts';
import { ensureTool } from '../support/tools.ts';

const ALERT = 'CheckoutAvailabilityErrorBudgetBurn';

interface Traffic {
  /** Requests a minute that succeed and that fail, as promtool's series: counters, one sample a minute. */
  readonly good?: string;
  readonly bad?: string;
}

/** The windows of the alerts that fire after `at` of such traffic, by a real rule engine. */
async function firing(spec: object, { good, bad }: Traffic, at: string): Promise<string[]> {
  const promtool = await ensureTool('promtool');
  const { piece, rejections } = renderPolicy({ policy: policyOf({ slos: [spec] }), references: undefined }, settingsOf(stackOf({})));
  expect(rejections).to.deep.equal([]);
  const dir = mkdtempSync(join(tmpdir(), 'belfry-slo-'));
  try {
    writeFileSync(join(dir, 'rules.yaml'), `groups:\n${piece?.text}`);
    const series = [
      ...(good === undefined ? [] : [{ series: 'requests_total{code="200"}', values: good }]),
      ...(bad === undefined ? [] : [{ series: 'requests_total{code="500"}', values: bad }]),
    ];
    // With nothing expected, promtool prints whatever fires.
    writeFileSync(join(dir, 'test.yaml'), dump({
      rule_files: ['rules.yaml'], evaluation_interval: '1m',
      tests: [{ interval: '1m', input_series: series, alert_rule_test: [{ eval_time: at, alertname: ALERT, exp_alerts: [] }] }],
    }));
    const output = await new Promise<string>((resolve) => {
      execFile(promtool, ['test', 'rules', join(dir, 'test.yaml')], (_, stdout, stderr) => resolve(stdout + stderr));
    });
    expect(output).to.match(/SUCCESS|FAILED/);
    return [...output.slice(output.indexOf('got:')).matchAll(/slo_window="(\w+)"/g)].map(([, window = '']) => window).sort();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const by = (errors: object): object => ({ name: 'availability', objective: '99.9', errors });
const SLOS = {
  bad: by({ bad: 'sum(rate(requests_total{code=~"5.."}[$window]))', total: 'sum(rate(requests_total[$window]))' }),
  good: by({ good: 'sum(rate(requests_total{code!~"5.."}[$window]))', total: 'sum(rate(requests_total[$window]))' }),
  increase: by({ bad: 'sum(increase(requests_total{code=~"5.."}[$window]))', total: 'sum(increase(requests_total[$window]))' }),
};

describe('prometheus: burn-rate alerts of SLOs', function () {
  this.timeout(60_000);

  for (const [how, slo] of Object.entries(SLOS)) {
    describe(`counted by ${how}`, () => {
      it('page within minutes when a twentieth of much traffic fails', async () => {
        expect(await firing(slo, { good: '0+950x90', bad: '0+50x90' }, '15m')).to.include('1h');
      });

      it('stay silent while failures keep to the objective', async () => {
        expect(await firing(slo, { good: '0+9995x400', bad: '0+5x400' }, '6h')).to.deep.equal([]);
      });

      it('stop soon after the failures do', async () => {
        expect(await firing(slo, { good: '0+950x180', bad: '0+50x60 3000x120' }, '1h30m')).not.to.include('1h');
      });

      it('stay silent at one failure of few requests, which is a burn rate of a hundred', async () => {
        expect(await firing(slo, { good: '0x9 1x9 2x9 3x9 4x9 5x60', bad: '0x20 1x80' }, '30m')).to.deep.equal([]);
      });

      it('stay silent without any traffic', async () => {
        expect(await firing(slo, { good: '5x200', bad: '0x200' }, '2h')).to.deep.equal([]);
      });
    });
  }

  it('make no page of a slow burn, but tell of it in the end', async () => {
    expect(await firing(SLOS.bad, { good: '0+9980x2000', bad: '0+20x2000' }, '30h')).to.deep.equal(['3d']);
  });

  it('page when everything fails from the start and no good series ever appeared', async () => {
    expect(await firing(SLOS.good, { bad: '0+100x60' }, '30m')).to.include('1h');
  });
});
