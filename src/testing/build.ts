import type { AlertPolicy, AlertPolicySpec } from '../api/alert-policy.ts';
import { API_VERSION } from '../api/group.ts';
import type { StringMap } from '../api/kube-object.ts';
import type { MonitoringStack, MonitoringStackSpec } from '../api/monitoring-stack.ts';
import type { ClusterSurvey } from '../render/cluster-survey.ts';
import type { ScrapeTarget, ScrapeTargetSpec } from '../api/scrape-target.ts';

interface Named {
  readonly namespace?: string;
  readonly labels?: StringMap;
  readonly generation?: number;
}

/** A MonitoringStack for a test; in namespace `shop` where none is said. */
export function aStack(name = 'shop', spec: MonitoringStackSpec = {}, named: Named = {}): MonitoringStack {
  return { apiVersion: API_VERSION, kind: 'MonitoringStack', metadata: metadata(name, named), spec };
}

/** A ScrapeTarget for a test, of the Services `app: <name>` where no spec is given. */
export function aTarget(name = 'checkout', spec: ScrapeTargetSpec = { service: { matchLabels: { app: name } } }, named: Named = {}): ScrapeTarget {
  return { apiVersion: API_VERSION, kind: 'ScrapeTarget', metadata: metadata(name, named), spec };
}

/** An AlertPolicy for a test, with one alert where no spec is given. */
export function aPolicy(name = 'checkout', spec: AlertPolicySpec = { alerts: [{ alert: 'Down', expr: 'up == 0' }] }, named: Named = {}): AlertPolicy {
  return { apiVersion: API_VERSION, kind: 'AlertPolicy', metadata: metadata(name, named), spec };
}

/** What was found of a platform, for a test: a cluster without nodes or pods where nothing is said. */
export function aSurvey(found: Partial<ClusterSurvey> = {}): ClusterSurvey {
  const none = { controllerManager: [], scheduler: [], proxy: [], etcd: [], dns: [] };
  return { version: 'v1.34.4', nodeCount: 1, nodes: [], apis: new Map(), refused: [], ...found, pods: { ...none, ...found.pods } };
}

function metadata(name: string, { namespace = 'shop', labels, generation = 1 }: Named) {
  return { name, namespace, uid: `uid-${namespace}-${name}`, generation, ...(labels ? { labels } : {}) };
}
