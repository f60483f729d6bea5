import { stackSettings, type StackSettings } from '../api/defaults.ts';
import type { StringMap } from '../api/kube-object.ts';
import type { MonitoringStack, MonitoringStackSpec } from '../api/monitoring-stack.ts';
import type { ScrapeTarget, ScrapeTargetSpec } from '../api/scrape-target.ts';
import { targetSettings, type TargetSettings } from '../render/scrape-target/target-settings.ts';
import type { ServicePorts, StackInput, TargetInput } from '../render/stack-input.ts';

/** A ScrapeTarget and what it is rendered for, as test files say it: all but the spec may be left out. */
export interface ScrapeTargetCase {
  readonly target: { readonly name?: string; readonly namespace?: string; readonly labels?: StringMap; readonly spec: ScrapeTargetSpec };
  /** The stack's spec. */
  readonly stack?: MonitoringStackSpec;
  /** ReferenceFacts; absent: nobody looked. */
  readonly references?: Readonly<Record<string, string>>;
  readonly servicePorts?: readonly ServicePorts[];
  readonly lastGood?: string;
}

/** A MonitoringStack monitoring/main. */
export function stackOf(spec: MonitoringStackSpec = {}): MonitoringStack {
  return { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { namespace: 'monitoring', name: 'main', uid: 'uid-of-main' }, spec };
}

/** A ScrapeTarget, by default shop/checkout. */
export function targetOf({ name = 'checkout', namespace = 'shop', labels, spec }: ScrapeTargetCase['target']): ScrapeTarget {
  return { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { namespace, name, ...(labels ? { labels } : {}) }, spec };
}

/** What rendering gets of a case. */
export function targetInput({ target, references, servicePorts, lastGood }: ScrapeTargetCase): TargetInput {
  return {
    target: targetOf(target),
    references: references && new Map(Object.entries(references)),
    ...(servicePorts ? { servicePorts } : {}),
    ...(lastGood === undefined ? {} : { lastGood }),
  };
}

/** The settings of a case's stack that matter to a ScrapeTarget. */
export function settingsOf({ stack = {} }: Pick<ScrapeTargetCase, 'stack'>): TargetSettings {
  return targetSettings(stackOf(stack).metadata, stackSettings(stackOf(stack)));
}

/** A stack with ScrapeTargets, as rendering gets it. */
export function stackInput(stack: MonitoringStack, targets: readonly TargetInput[], namespaces: readonly string[] = ['monitoring', 'shop']): StackInput & { readonly settings: StackSettings } {
  return {
    stack,
    settings: stackSettings(stack),
    targets,
    policies: [],
    facts: { namespaces: new Map(namespaces.map((name) => [name, {}])), references: undefined, grafanaPassword: 'secret', userDashboards: new Map() },
    operator: { namespace: 'belfry-system' },
  };
}
