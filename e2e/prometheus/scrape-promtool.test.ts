import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { load } from 'js-yaml';
import type { MonitoringStackSpec } from '../../src/api/monitoring-stack.ts';
import type { ScrapeTargetSpec } from '../../src/api/scrape-target.ts';
import { renderTarget } from '../../src/render/scrape-target/render-target.ts';
import { settingsOf, targetInput, type ScrapeTargetCase } from '../../src/testing/scrape-target-case.ts';
import { checkConfigs } from './promtool.ts';
import { scrapeTargetSpecs } from '../../src/testing/scrape-target-arbitrary.ts';

const GOLDENS = join(import.meta.dirname, '../../src/render/scrape-target/testdata');
/** The oldest release that we write for, the last of 2.x, a long-term one, and the newest. */
const RELEASES = ['v2.45.6', 'v2.55.1', 'v3.5.1', 'v3.15.0'];
const SEED = Number(process.env['SCRAPE_SEED'] ?? 20261121);
const COUNT = Number(process.env['SCRAPE_COUNT'] ?? 1500);

function render(input: ScrapeTargetCase, version: string): string | undefined {
  const stack: MonitoringStackSpec = { scope: 'Cluster', ...input.stack, prometheus: { ...input.stack?.prometheus, version } };
  const { piece } = renderTarget(targetInput(input), settingsOf({ stack }));
  return piece && `scrape_configs:\n${piece.text}`;
}

describe('jobs of ScrapeTargets, before a real promtool', function suite() {
  this.timeout(300_000);
  const cases = readdirSync(GOLDENS).filter((file) => file.endsWith('.in.yaml'));

  for (const release of RELEASES) {
    it(`are taken by ${release}, case by case`, async () => {
      const rendered = cases.flatMap((file) => {
        const text = render(load(readFileSync(join(GOLDENS, file), 'utf8')) as ScrapeTargetCase, release);
        return text === undefined ? [] : [{ file, text }];
      });
      expect(rendered.length).to.be.above(cases.length / 2);
      const verdicts = await checkConfigs(rendered.map(({ text }) => text), release);
      expect(rendered.flatMap(({ file }, index) => (verdicts[index] === undefined ? [] : [`${file}: ${verdicts[index]}`]))).to.deep.equal([]);
    });

    it(`are taken by ${release} whatever passes our checks (seed ${SEED}, ${COUNT} specs)`, async () => {
      const specs: ScrapeTargetSpec[] = fc.sample(scrapeTargetSpecs, { seed: SEED, numRuns: COUNT });
      const rendered = specs.flatMap((spec) => {
        const text = render({ target: { spec } }, release);
        return text === undefined ? [] : [{ spec, text }];
      });
      const selections = new Set(rendered.map(({ spec }) => Object.keys(spec)[0]));
      expect(selections).to.have.all.keys('dns', 'http', 'ingress', 'node', 'pod', 'probe', 'service', 'static');
      const verdicts = await checkConfigs(rendered.map(({ text }) => text), release);
      const refused = rendered.flatMap(({ spec, text }, index) => (verdicts[index] === undefined ? [] : [{ verdict: verdicts[index], spec: JSON.stringify(spec), text }]));
      expect(refused.slice(0, 3), `${refused.length} of ${rendered.length} refused`).to.deep.equal([]);
    });
  }
});
