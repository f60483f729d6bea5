import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import { selectors } from '../../formats/prometheus/promql.ts';
import { relabeled } from '../../formats/prometheus/relabel-eval.ts';
import { ALL_COMPONENTS } from '../../testing/all-components.ts';
import { aStack } from '../../testing/build.ts';
import { asSent, dashboardQueries } from '../../testing/dashboard-queries.ts';
import { builtinTargets } from '../builtin-targets/builtin-targets.ts';
import { kubeStateFlags } from '../exporters/kube-state-metrics/flags.ts';
import { stackParts } from '../stack-parts.ts';
import { dashboardsFor } from './dashboards.ts';

// A stack has one collector of logs.
const stacks = (['OpenTelemetry', 'FluentBit', 'Fluentd'] as const).map((collector) =>
  aStack('all', { scope: 'Cluster', exporters: { blackbox: {}, networkFlows: {} }, prometheus: { thanos: { querier: {} } }, logs: { collector, output: { elasticsearch: { url: 'http://es.test' } } } }));
const [stack = aStack('all', {})] = stacks;
const settings = stackSettings(stack);
const facts = { namespaces: new Map(), references: undefined };
const jobs = stacks.flatMap((one) =>
  builtinTargets(one.metadata, stackSettings(one), { facts, parts: stackParts(one, stackSettings(one), facts), operatorNamespace: 'belfry-system', probes: true }));

/** Series that dashboards ask for, by job. */
const asked = new Map<string, Set<string>>();
for (const { expr } of dashboardsFor(new Set(ALL_COMPONENTS)).flatMap(({ dashboard }) => dashboardQueries(dashboard))) {
  for (const { name, matchers } of selectors(asSent(expr))) {
    const job = matchers.find((matcher) => matcher.name === 'job' && matcher.value !== '.*')?.value;
    // `up` is Prometheus' own, whatever rules a job has.
    if (job !== undefined && name !== undefined && name !== 'up') asked.set(job, (asked.get(job) ?? new Set()).add(name));
  }
}

describe('render/grafana, what dashboards ask for', () => {
  for (const [job, names] of asked) {
    it(`is scraped of ${job}, and not thrown away by the job's own rules`, () => {
      const own = jobs.filter(({ relabel_configs = [] }) => relabel_configs.some(({ target_label, replacement }) => target_label === 'job' && replacement === job));
      expect(own, `jobs called ${job}`).not.to.deep.equal([]);
      const lost = [...names].filter((name) => own.every(({ metric_relabel_configs = [] }) => relabeled(metric_relabel_configs, { __name__: name, job, pod: 'p', container: 'c', le: '+Inf' }) === undefined));
      expect(lost).to.deep.equal([]);
    });
  }

  it('is not told by kube-state-metrics to be left out', () => {
    expect(settings.kubeState).not.to.equal(undefined);
    const flags = settings.kubeState ? kubeStateFlags(settings.kubeState) : [];
    const denied = flags.find((flag) => flag.startsWith('--metric-denylist='))?.slice('--metric-denylist='.length).split(',') ?? [];
    expect(denied).not.to.deep.equal([]);
    const lost = [...asked.get('kube-state-metrics') ?? []].filter((name) => denied.some((pattern) => new RegExp(pattern).test(name)));
    expect(lost).to.deep.equal([]);
  });
});
