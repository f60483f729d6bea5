import { expect } from 'chai';
import { load } from 'js-yaml';
import { stackSettings } from '../../api/defaults.ts';
import { selectors } from '../../formats/prometheus/promql.ts';
import { compileRe2 } from '../../formats/prometheus/re2.ts';
import { relabeled } from '../../formats/prometheus/relabel-eval.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { kubeStateFlags } from '../exporters/kube-state-metrics/flags.ts';
import { stackInput } from '../../testing/stack-case.ts';
import { renderStack } from '../render-stack.ts';

const { objects } = renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec: { scope: 'Cluster', exporters: { pushgateway: {}, nodeProblemDetector: {}, networkFlows: {} } } }));
const files = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'prometheus-cluster')?.['data'] as Record<string, string>;
const { scrape_configs: jobs } = load(files['prometheus.yml'] ?? '') as { scrape_configs: ScrapeConfig[] };
const { groups } = load(files['rules-belfry.yaml'] ?? '') as { groups: RuleGroup[] };
const dashboards = objects.flatMap((object) => Object.entries((object['data'] ?? {}) as Record<string, string>).filter(([file]) => file.endsWith('.json') && object.metadata.name.includes('-dashboard-')));

/** Series of what the cluster's jobs cut down. */
const CUT = /^(?:aggregator|apiserver|container|coredns|etcd|kube|kubelet|kubeproxy|machine|prober|rest_client|scheduler|storage_operation|workqueue)_/;
const EXAMPLES: readonly Readonly<Record<string, string>>[] = [{ pod: 'a', namespace: 'b', container: 'c' }, {}];

/** Which job shows a series, where the query does not say. */
function jobOf(name: string): string {
  const known: Readonly<Record<string, string>> = { aggregator: 'apiserver', apiserver: 'apiserver', coredns: 'coredns', etcd: 'etcd', kube: 'kube-state-metrics', kubelet: 'kubelet', kubeproxy: 'kube-proxy', scheduler: 'kube-scheduler', storage: 'kubelet', workqueue: 'kube-controller-manager' };
  return `/${known[name.split('_')[0] ?? ''] ?? 'kubelet'}`;
}

/** Whether the job called so (label `job`) keeps a sample; of any job where none is named. */
function isKept(name: string, job: string | undefined, labels: Readonly<Record<string, string>>): boolean {
  // The kubelet shows these at paths of their own, under one job.
  const path = /^(?:container|machine)_/.test(name) ? 'belfry/cadvisor' : name.startsWith('prober_') ? 'belfry/kubelet-probes' : undefined;
  const asked = jobs.filter(({ job_name, relabel_configs = [] }) => {
    if (path !== undefined) return job_name === path;
    if (job_name === 'belfry/cadvisor' || job_name === 'belfry/kubelet-probes') return false;
    return job === undefined ? job_name.endsWith(jobOf(name)) : relabel_configs.some((rule) => rule.target_label === 'job' && rule.replacement === job);
  });
  const bounds = name.endsWith('_bucket') ? ['1', '5', '+Inf'] : [undefined];
  return asked.some(({ metric_relabel_configs = [] }) =>
    EXAMPLES.some((example) => bounds.every((le) => relabeled(metric_relabel_configs, { __name__: name, ...example, ...labels, ...(le === undefined ? {} : { le }) }) !== undefined)),
  );
}

const DENYLIST = '--metric-denylist=';
const { kubeState } = stackSettings({ spec: { scope: 'Cluster' } });
const denylist = (kubeState ? kubeStateFlags(kubeState) : []).find((argument) => argument.startsWith(DENYLIST))?.slice(DENYLIST.length).split(',') ?? [];
const denied = denylist.map((pattern) => {
  const compiled = compileRe2(`^(?:${pattern})$`);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled;
});

describe('what jobs drop', () => {
  it('is nothing that a rule of the stack reads', () => {
    const missing = groups.flatMap(({ rules }) => rules).flatMap(({ expr, alert, record }) =>
      selectors(expr).flatMap(({ name = '', matchers }) => {
        if (!CUT.test(name)) return [];
        const job = matchers.find((matcher) => matcher.name === 'job' && matcher.op === '=')?.value;
        const labels = Object.fromEntries(matchers.filter((matcher) => matcher.op === '=' && matcher.name !== 'job').map((matcher) => [matcher.name, matcher.value]));
        return isKept(name, job, labels) && !denied.some((pattern) => pattern.matches(name)) ? [] : [`${alert ?? record}: ${name} of ${job}`];
      }),
    );
    expect(missing).to.deep.equal([]);
  });

  it('is nothing that a dashboard of the stack reads', () => {
    expect(dashboards.length).to.be.greaterThan(5);
    const missing = dashboards.flatMap(([file, text]) =>
      [...new Set([...text.matchAll(/(?<![\w:])([a-z][a-z0-9_]*)(?=\{|\[)/g)].map(([, name = '']) => name))]
        .filter((name) => CUT.test(name) && (!isKept(name, undefined, {}) || denied.some((pattern) => pattern.matches(name))))
        .map((name) => `${file}: ${name}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('is most of what nobody reads', () => {
    for (const name of ['apiserver_response_sizes_bucket', 'container_tasks_state', 'kubelet_http_requests_duration_seconds_bucket', 'prober_probe_duration_seconds_bucket', 'scheduler_goroutines_bucket']) {
      expect(isKept(name, undefined, {}), name).to.equal(false);
    }
    expect(isKept('etcd_request_duration_seconds_bucket', 'apiserver', {})).to.equal(false);
    expect(denied.some((pattern) => pattern.matches('kube_pod_tolerations'))).to.equal(true);
  });
});
