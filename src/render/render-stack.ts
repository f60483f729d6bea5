import { refOf, type KubeObject } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { Problem, Rejection } from '../api/rejection.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { Remembered } from '../lib/remembered.ts';
import { alertmanagerConfig } from './alert-policy/alertmanager-config.ts';
import { checkDefaultReceiver } from './alert-policy/check-receivers.ts';
import { alertmanager } from './alertmanager/alertmanager.ts';
import { builtinRules } from './builtin-rules/builtin-rules.ts';
import { kubernetesNamespaces } from './builtin-targets/kubernetes.ts';
import { checkStack } from './check-stack.ts';
import { clusterComponents } from './cluster-components.ts';
import { blackbox } from './exporters/blackbox/blackbox.ts';
import { runsBlackbox } from './exporters/blackbox/runs-blackbox.ts';
import { nodeExporter } from './exporters/node-exporter/node-exporter.ts';
import { pluginProblems } from './exporters/node-problem-detector/plugin-problems.ts';
import { factParts } from './fact-parts.ts';
import { grafana } from './grafana/grafana.ts';
import { logProblems } from './logs/log-problems.ts';
import { overridden } from './overrides.ts';
import { prometheusConfig, type PrometheusConfigOutput } from './prometheus-config/prometheus-config.ts';
import { prometheusServer } from './prometheus-server/prometheus-server.ts';
import { renderedPolicies } from './rendered-policies.ts';
import type { Rendered } from './rendered.ts';
import { spreadSettings } from './spread-settings.ts';
import type { StackContext } from './stack-context.ts';
import type { ClusterFacts, StackInput } from './stack-input.ts';
import { stackParts } from './stack-parts.ts';
import { querier } from './thanos/querier.ts';

/**
 * What a stack consists of. The same input gives the same bytes. A stack with a mistake of its own gives no objects at all,
 * only rejections of it: whoever applies the result keeps what ran.
 */
export function renderStack(input: StackInput): Rendered {
  const { stack, facts } = input;
  const settings = spreadSettings(stack, facts.spread);
  const parts = stackParts(stack, settings, facts);
  const context: StackContext = { stack, settings, parts, operatorNamespace: input.operator.namespace };
  const problems = checkStack(context, facts);
  if (problems.length > 0) return rejected(stack, problems);

  const policies = renderedPolicies(input, settings);
  const config = prometheusConfig(input, settings, {
    policyPieces: policies.pieces, builtinGroups: builtinRules(settings, parts.kubernetes), otherShardsGroups: builtinRules(settings, parts.kubernetes, 'Other'), parts,
  });
  const routes = settings.alertmanager ? alertmanagerConfig(stack, policies.routings, facts.references) : undefined;
  const { objects, problems: mistaken } = overridden(objectsOf(input, context, { config, routes }), stack.spec.overrides);
  if (mistaken.length > 0) return rejected(stack, mistaken);
  const { rules, injected, silences } = policies;
  return {
    objects,
    rejections: [...onStack(stack, checkDefaultReceiver(stack, facts.references)), ...config.rejections, ...policies.rejections],
    omitted: [...parts.omitted, ...config.omitted, ...policies.omitted],
    buckets: config.buckets,
    ...(routes === undefined ? {} : { alertmanagerConfig: routes }),
    jobs: config.jobs,
    componentProblems: new Map([...logProblems(stack, settings, facts.references), ...pluginProblems(stack, settings, facts.references)]),
    rules,
    injected,
    silences,
  };
}

interface Configs {
  readonly config: PrometheusConfigOutput;
  /** Text of alertmanager.yaml. */
  readonly routes: string | undefined;
}

/** All but the config, which ScrapeTargets change and nothing of this. */
const around = new Remembered<MonitoringStack, readonly KubeObject[]>();

function objectsOf(input: StackInput, context: StackContext, configs: Configs): KubeObject[] {
  const { facts } = input;
  const { config, routes } = configs;
  const { probes, probing } = config;
  const parts = [context.operatorNamespace, routes, probes, probing, ...factParts(facts)];
  return [...config.objects, ...around.of(context.stack, parts, () => aroundConfig(facts, context, { routes, probes, probing }))];
}

interface Around {
  readonly routes: string | undefined;
  /** Some ScrapeTarget of the stack probes. */
  readonly probes: boolean;
  /** Those that do. */
  readonly probing: readonly ScrapeTarget[];
}

/** The table of contents. */
function aroundConfig(facts: ClusterFacts, context: StackContext, { routes, probes, probing }: Around): KubeObject[] {
  const { settings } = context;
  return [
    ...prometheusServer(context, [...facts.namespaces.keys(), ...kubernetesNamespaces(context.parts.kubernetes)]),
    ...(settings.prometheus.thanos?.querier ? querier(context, settings.prometheus.thanos.querier) : []),
    ...(settings.alertmanager && routes !== undefined ? alertmanager(context, settings.alertmanager, routes) : []),
    ...(settings.grafana ? grafana(context, settings.grafana, { ...facts, probes: runsBlackbox(settings, probes) }) : []),
    ...(settings.nodeExporter ? nodeExporter(context, settings.nodeExporter) : []),
    ...blackbox(context, probing),
    ...clusterComponents(context, facts),
  ];
}

function rejected(stack: MonitoringStack, problems: readonly Problem[]): Rendered {
  return { objects: [], rejections: onStack(stack, problems), omitted: [], buckets: [], jobs: new Map(), rules: new Map(), injected: new Map(), silences: new Map() };
}

function onStack(stack: MonitoringStack, problems: readonly Problem[]): Rejection[] {
  const object = refOf(stack as unknown as KubeObject);
  return problems.map((problem) => ({ object, ...problem }));
}
