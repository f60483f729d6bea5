import { expect } from 'chai';
import type { KubeStateSettings } from '../../api/cluster-settings.ts';
import { stackSettings } from '../../api/defaults.ts';
import { selectors } from '../../formats/prometheus/promql.ts';
import { relabeled } from '../../formats/prometheus/relabel-eval.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { everyRule, EVERYTHING } from '../../testing/every-rule.ts';
import { stackOf } from '../../testing/scrape-target-case.ts';
import { builtinTargets } from '../builtin-targets/builtin-targets.ts';
import { kubeStateFlags } from '../exporters/kube-state-metrics/flags.ts';
import { stackParts } from '../stack-parts.ts';

const stack = stackOf(EVERYTHING);
const facts = { namespaces: new Map(), references: undefined };
const settings = stackSettings(stack);
// A stack has one collector of logs, and its rules are for whichever that is.
const stacks = [stack, ...(['FluentBit', 'Fluentd'] as const).map((collector) => stackOf({ ...EVERYTHING, logs: { collector, output: { elasticsearch: { url: 'http://es.test' } } } }))];
const JOBS = stacks.flatMap((one) =>
  builtinTargets(one.metadata, stackSettings(one), { facts, parts: stackParts(one, stackSettings(one), facts), probes: true, operatorNamespace: 'belfry-system' }));

/** The label `job` that a job gives its targets. */
const jobLabel = ({ job_name, relabel_configs = [] }: ScrapeConfig): string => relabel_configs.findLast(({ target_label }) => target_label === 'job')?.replacement ?? job_name;

/** Upper bounds of a histogram that an expression asks for by name; any other keeps or loses all its buckets. */
function bounds(name: string, le: string | undefined): string[] {
  if (!name.endsWith('_bucket')) return [''];
  return le === undefined ? ['+Inf'] : [le.replace('([.]0)?', ''), le.replace('([.]0)?', '.0')];
}

describe('render/builtin-rules: series', () => {
  const asked = everyRule().flatMap(({ rules }) => rules.flatMap(({ expr }) => selectors(expr)));
  const ofJobs = asked.flatMap(({ name, matchers }) => {
    const job = matchers.find((matcher) => matcher.name === 'job' && matcher.op === '=')?.value;
    return name === undefined || name === 'up' || name.includes(':') || job === undefined ? [] : [{ name, job, le: matchers.find((matcher) => matcher.name === 'le')?.value }];
  });

  it('have a job that scrapes them under the name that rules ask for', () => {
    const labels = new Set(JOBS.map(jobLabel));
    expect(ofJobs.length).to.be.greaterThan(150);
    expect([...new Set(ofJobs.map(({ job }) => job))].filter((job) => !labels.has(job))).to.deep.equal([]);
  });

  it('are kept by the job that scrapes them', () => {
    const lost = ofJobs.filter(({ name, job, le }) =>
      bounds(name, le).some((bound) => JOBS.filter((config) => jobLabel(config) === job).every(({ metric_relabel_configs = [] }) => relabeled(metric_relabel_configs, { __name__: name, job, pod: 'web-1', ...(bound && { le: bound }) }) === undefined)),
    );
    expect([...new Set(lost.map(({ name, job }) => `${name} of ${job}`))]).to.deep.equal([]);
  });

  it('are made by kube-state-metrics, of which a stack leaves some out', () => {
    const flag = kubeStateFlags(settings.kubeState as KubeStateSettings).find((one) => one.startsWith('--metric-denylist=')) ?? '';
    const denied = flag.slice(flag.indexOf('=') + 1);
    expect(denied).not.to.equal('');
    expect(ofJobs.map(({ name }) => name).filter((name) => name.startsWith('kube_') && denied.split(',').some((pattern) => new RegExp(pattern).test(name)))).to.deep.equal([]);
  });
});
