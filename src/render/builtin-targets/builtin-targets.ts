import type { StackSettings } from '../../api/defaults.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import type { StackName } from '../names.ts';
import type { ClusterFacts } from '../stack-input.ts';
import type { StackParts } from '../stack-parts.ts';
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
  const { annotations, nodeExporter } = settings;
  const { spread } = settings.prometheus;
  const namespaces = selectedNamespaces(stack, settings, facts);
  return [
    // No names at all would mean every namespace to Prometheus.
    ...(annotations.enabled && namespaces.length > 0 ? annotationJobs({ prefix: annotations.prefix, namespaces, spread }) : []),
    ...stackJobs(stack, settings, { probes }),
    ...(settings.scope === 'Cluster' ? [operatorJob(operatorNamespace, spread)] : []),
    ...(nodeExporter ? [nodeExporterJob(stack, nodeExporter, spread)] : []),
    ...clusterJobs(stack, settings, parts),
    ...kubernetesJobs(stack, settings, { shown: parts.kubernetes, survey: facts.survey }),
  ];
}
