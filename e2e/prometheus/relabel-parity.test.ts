import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { printYaml } from '../../src/formats/prometheus/print.ts';
import { relabel } from '../../src/formats/prometheus/relabel-eval.ts';
import { relabelProblems } from '../../src/formats/prometheus/relabel-problems.ts';
import type { RelabelRule } from '../../src/formats/prometheus/relabel.ts';
import type { NameValidationScheme, ScrapeConfig } from '../../src/formats/prometheus/scrape-config.ts';
import { annotatedProbeJobs } from '../../src/render/builtin-targets/annotated-probes.ts';
import { BUILTIN_MODULES } from '../../src/render/scrape-target/blackbox-module.ts';
import { ingressTargets, serviceTargets } from '../../src/testing/discovered.ts';
import { startPrometheus, type RunningPrometheus } from '../support/prometheus.ts';
import { waitFor } from '../support/wait-for.ts';
import { checkConfigs } from './promtool.ts';
import { relabelCases, type RelabelCase } from './relabel-cases.ts';

const SEED = Number(process.env['PARITY_SEED'] ?? 20261121);
const COUNT = Number(process.env['PARITY_COUNT'] ?? 2500);
const SCHEMES: readonly NameValidationScheme[] = ['utf8', 'legacy'];

const isGood = (rules: readonly RelabelRule[], scheme: NameValidationScheme): boolean => rules.every((rule) => relabelProblems(rule, scheme).length === 0);

/** What GET /api/v1/targets/relabel_steps answers. */
interface RelabelSteps {
  readonly steps: readonly { readonly output: Readonly<Record<string, string>>; readonly keep: boolean }[];
}

describe('relabel rules, against a real Prometheus', function suite() {
  this.timeout(300_000);
  let dir = '';
  let prometheus: RunningPrometheus;
  let cases: readonly (RelabelCase & { readonly scheme: NameValidationScheme })[];

  const jobOf = (index: number): ScrapeConfig => {
    const { rules = [], scheme = 'utf8' } = cases[index] ?? {};
    return { job_name: `case-${index}`, metric_name_validation_scheme: scheme, relabel_configs: rules, static_configs: [] };
  };

  // Scrape pools appear some seconds after the config is loaded.
  const havePool = (name: string) => waitFor(`scrape pool ${name}`, () => prometheus.api('/scrape_pools').then((pools) => (pools as { scrapePools: string[] }).scrapePools.includes(name)));

  before(async () => {
    process.stderr.write(`      relabel parity: seed ${SEED}, ${COUNT} cases\n`);
    cases = fc.sample(relabelCases, { seed: SEED, numRuns: COUNT }).map((one, index) => ({ ...one, scheme: SCHEMES[index % 5 === 0 ? 1 : 0] ?? 'utf8' }));
    dir = await mkdtemp(join(tmpdir(), 'belfry-parity-'));
    const good = cases.flatMap((one, index) => (isGood(one.rules, one.scheme) ? [jobOf(index)] : []));
    await writeFile(join(dir, 'prometheus.yml'), printYaml({ scrape_configs: good }));
    prometheus = await startPrometheus({ configDir: dir });
    await havePool(good.at(-1)?.job_name ?? '');
  });
  after(async () => {
    await prometheus?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('refuses the rules that Prometheus refuses, and no others', async () => {
    const verdicts = await checkConfigs(cases.map((_, index) => printYaml({ scrape_configs: [jobOf(index)] })));
    const differing = cases.flatMap((one, index) => {
      const problems = one.rules.flatMap((rule) => relabelProblems(rule, one.scheme));
      const refusal = verdicts[index];
      return (refusal === undefined) === (problems.length === 0) ? [] : [{ index, rules: one.rules, scheme: one.scheme, prometheus: refusal ?? 'takes it', belfry: problems }];
    });
    expect(differing.slice(0, 5).map((one) => JSON.stringify(one))).to.deep.equal([]);
    expect(verdicts.filter((verdict) => verdict !== undefined).length, 'cases that Prometheus refuses').to.be.greaterThan(COUNT / 10);
  });

  it('does to labels what Prometheus does, step by step', async () => {
    let compared = 0;
    for (const [index, { rules, labels, scheme }] of cases.entries()) {
      if (!isGood(rules, scheme)) continue;
      const { steps } = await prometheus.api<RelabelSteps>('/targets/relabel_steps', { scrapePool: `case-${index}`, labels: JSON.stringify(labels) });
      const ours = relabel(rules, labels, { scheme });
      const what = `case ${index}: ${JSON.stringify({ rules, labels, scheme })}`;
      expect(ours.keep, what).to.equal(steps.at(-1)?.keep);
      for (const [number, step] of ours.steps.entries()) {
        expect(step.dropped, what).to.equal(!steps[number]?.keep);
        if (!step.dropped) expect(step.after, what).to.deep.equal(steps[number]?.output);
      }
      compared++;
    }
    process.stderr.write(`      ${compared} of ${COUNT} compared step by step\n`);
    expect(compared).to.be.greaterThan(COUNT / 2);
  });

  it('does to what is probed by annotation what Prometheus does, step by step', async () => {
    const discovery = { prefix: 'prometheus.io', namespaces: 'all', spread: [2] } as const;
    const jobs = annotatedProbeJobs(discovery, { enabled: true, address: 'blackbox.monitoring.svc:9115', probers: BUILTIN_MODULES });
    await writeFile(join(dir, 'prometheus.yml'), printYaml({ scrape_configs: jobs.map(({ job_name: name, relabel_configs: rules }) => ({ job_name: name, relabel_configs: rules, static_configs: [] })) }));
    await prometheus.reload();
    for (const { job_name: name } of jobs) await havePool(name);
    const [ofServices, ofIngresses] = jobs;
    const found = probeAnnotations().flatMap((annotations) => [
      ...serviceTargets({ name: 'web', annotations, ports: [['http', 80], ['', 8081], ['dns', 53, 'UDP']] }).map((target) => ({ job: ofServices, target })),
      ...ingressTargets({ name: 'web', annotations, scheme: 'https', hosts: { 'shop.example': ['/', '/cart/'], '*': ['/'] } }).map((target) => ({ job: ofIngresses, target })),
    ]);
    let kept = 0;
    for (const { job: { job_name: scrapePool = '', relabel_configs: rules = [] } = {}, target } of found) {
      const labels = { job: scrapePool, __param_module: 'http_2xx', ...target };
      const { steps } = await prometheus.api<RelabelSteps>('/targets/relabel_steps', { scrapePool, labels: JSON.stringify(labels) });
      const ours = relabel(rules, labels);
      expect(ours.keep, JSON.stringify(labels)).to.equal(steps.at(-1)?.keep);
      if (!ours.keep) continue;
      kept += 1;
      expect(ours.steps.map(({ after }) => after), JSON.stringify(labels)).to.deep.equal(steps.map(({ output }) => output));
    }
    expect(kept).to.be.greaterThan(50);
  });

  it('changes the case of every character of Unicode as Prometheus does', async () => {
    const rules: RelabelRule[] = [{ action: 'uppercase', source_labels: ['a'], target_label: 'upper' }, { action: 'lowercase', source_labels: ['a'], target_label: 'lower' }];
    await writeFile(join(dir, 'prometheus.yml'), printYaml({ scrape_configs: [{ job_name: 'case', relabel_configs: rules, static_configs: [] }] }));
    await prometheus.reload();
    await havePool('case');
    const letters = Array.from({ length: 0x1ffff }, (_, code) => code).filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff)).map((code) => String.fromCodePoint(code)).filter((letter) => /\p{L}|\p{M}|\p{N}|\p{S}/u.test(letter));
    const differing: string[] = [];
    for (let from = 0; from < letters.length; from += 4000) {
      const labels = { a: letters.slice(from, from + 4000).join('') };
      const { steps } = await prometheus.api<RelabelSteps>('/targets/relabel_steps', { scrapePool: 'case', labels: JSON.stringify(labels) });
      const { labels: ours } = relabel(rules, labels);
      for (const label of ['upper', 'lower']) differing.push(...differences(labels.a, ours[label] ?? '', steps.at(-1)?.output[label] ?? ''));
    }
    expect(differing).to.deep.equal([]);
  });
});

/** Every module with every port, with a path and a scheme and without. */
function probeAnnotations(): Record<string, string>[] {
  const named = (name: string, value: string): Record<string, string> => (value === '' ? {} : { [`prometheus.io/${name}`]: value });
  return ['', ...Object.keys(BUILTIN_MODULES), 'nobody'].flatMap((module) =>
    ['', 'http', '8081', 'x;y'].flatMap((port) =>
      ['', 'https'].map((scheme) => ({ 'prometheus.io/probe': 'true', ...named('probe-module', module), ...named('probe-port', port), ...named('probe-scheme', scheme), ...named('probe-path', scheme && 'a$1b') })),
    ),
  );
}

/** Characters that became different things. */
function differences(source: string, ours: string, theirs: string): string[] {
  if (ours === theirs) return [];
  const [before, ourLetters, theirLetters] = [source, ours, theirs].map((text) => Array.from(text)) as [string[], string[], string[]];
  return before.flatMap((letter, index) => (ourLetters[index] === theirLetters[index] ? [] : [`${letter.codePointAt(0)?.toString(16)}: ${ourLetters[index]} not ${theirLetters[index]}`]));
}
