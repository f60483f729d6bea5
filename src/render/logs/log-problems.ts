import type { StackSettings } from '../../api/defaults.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import type { Problem } from '../../api/rejection.ts';
import { logCollectorComponent } from '../names.ts';
import { credentialProblems } from '../scrape-target/check-credentials.ts';
import type { ReferenceFacts } from '../stack-input.ts';

/**
 * What the collector misses to sign in, by its component. It is written all the same: pods that run go on with what they have, new
 * ones wait for the Secret, and nothing else of the stack is held up.
 */
export function logProblems({ metadata, spec }: MonitoringStack, { logs }: StackSettings, references: ReferenceFacts): ReadonlyMap<string, readonly Problem[]> {
  if (!logs) return new Map();
  const problems = credentialProblems(spec.logs?.output ?? {}, metadata.namespace, references, 'spec.logs.output');
  return new Map(problems.length === 0 ? [] : [[logCollectorComponent(logs.collector), problems]]);
}
