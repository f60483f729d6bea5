import type { StackSettings } from '../../api/defaults.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { runsBlackbox } from '../exporters/blackbox/runs-blackbox.ts';
import type { StackName } from '../names.ts';
import type { Reach } from '../scrape-target/reach.ts';
import { targetSettings } from '../scrape-target/target-settings.ts';
import type { ClusterFacts } from '../stack-input.ts';
import type { StackParts } from '../stack-parts.ts';
import { annotatedProbeJobs } from './annotated-probes.ts';
import { annotationJobs } from './annotations.ts';
import { clusterJobs } from './cluster.ts';
import { kubernetesJobs } from './kubernetes.ts';
import { nodeExporterJob } from './node-exporter.ts';
import { operatorJob } from './operator.ts';
import { selectedNamespaces } from './selected-namespaces.ts';
import { stackJobs } from './stack.ts';

interface Surroundings {
  readonly facts: Pick<ClusterFacts, 'namespaces' | 'survey'>;
  readonly parts: StackParts;
  /** Namespace of the operator. */
  readonly operatorNamespace: string;
  /** Some ScrapeTarget of the stack probes. */
  readonly probes: boolean;
}

/** The jobs that come with a stack, without any ScrapeTarget. */
export function builtinTargets(stack: StackName, settings: StackSettings, { facts, parts, operatorNamespace, probes }: Surroundings): ScrapeConfig[] {
  const { nodeExporter } = settings;
  const { spread } = settings.prometheus;
  return [
    ...foundByAnnotation(stack, settings, selectedNamespaces(stack, settings, facts), probes),
    ...stackJobs(stack, settings, { probes }),
    ...(settings.scope === 'Cluster' ? [operatorJob(operatorNamespace, spread)] : []),
    ...(nodeExporter ? [nodeExporterJob(stack, nodeExporter, spread)] : []),
    ...clusterJobs(stack, settings, parts),
    ...kubernetesJobs(stack, settings, { shown: parts.kubernetes, survey: facts.survey }),
  ];
}

function foundByAnnotation(stack: StackName, settings: StackSettings, namespaces: Reach, probes: boolean): ScrapeConfig[] {
  const { enabled, prefix } = settings.annotations;
  // No names at all would mean every namespace to Prometheus.
  if (!enabled || namespaces.length === 0) return [];
  const discovery = { prefix, namespaces, spread: settings.prometheus.spread };
  const { blackbox } = targetSettings(stack, settings);
  return [...annotationJobs(discovery), ...(runsBlackbox(settings, probes) ? annotatedProbeJobs(discovery, blackbox) : [])];
}
