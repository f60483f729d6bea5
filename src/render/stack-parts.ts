import type { KubernetesPart } from '../api/cluster-settings.ts';
import type { StackSettings } from '../api/defaults.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { etcdCredentialProblems } from './builtin-targets/etcd-credentials.ts';
import { kubernetesParts } from './builtin-targets/kubernetes-parts.ts';
import { servedApis } from './metrics-api/served-apis.ts';
import type { Omission } from './rendered.ts';
import type { ClusterFacts } from './stack-input.ts';

/** What of a stack's settings is in force here, after a look at the platform. Jobs, rules and dashboards follow it. */
export interface StackParts {
  /** Parts of Kubernetes that are scraped. */
  readonly kubernetes: ReadonlySet<KubernetesPart>;
  /** Names of the APIServices that metrics-server is to serve; it is off where there are none. */
  readonly resourceMetrics: readonly string[];
  /** The same for prometheus-adapter. */
  readonly customMetrics: readonly string[];
  /** What the settings ask for and is not in force, and why. */
  readonly omitted: readonly Omission[];
}

/** What of a stack is in force, given what was found in the cluster. Where nobody looked, all of it. */
export function stackParts(stack: MonitoringStack, settings: StackSettings, { survey, references }: Pick<ClusterFacts, 'survey' | 'references'>): StackParts {
  const { shown, hidden } = kubernetesParts(settings, survey);
  const [unusable] = etcdCredentialProblems(stack, settings.kubernetes, references);
  const apis = servedApis(stack, settings, survey);
  return {
    kubernetes: unusable ? new Set([...shown].filter((part) => part !== 'etcd')) : shown,
    resourceMetrics: apis.resourceMetrics,
    customMetrics: apis.customMetrics,
    omitted: [
      ...hidden.map(({ part, why }) => ({ object: '', field: `kubernetes.${part}`, why })),
      ...(unusable ? [{ object: '', field: unusable.path.replace(/^spec\./, ''), why: unusable.message }] : []),
      ...apis.omitted,
    ],
  };
}
