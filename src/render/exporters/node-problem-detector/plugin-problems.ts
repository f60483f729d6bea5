import type { StackSettings } from '../../../api/defaults.ts';
import type { MonitoringStack } from '../../../api/monitoring-stack.ts';
import type { Problem } from '../../../api/rejection.ts';
import { COMPONENTS } from '../../names.ts';
import type { ReferenceFacts } from '../../stack-input.ts';
import { checkScripts } from './check-scripts.ts';

/** Which plugins of the node-problem-detector wait for their script, by its component. The detector runs without them. */
export function pluginProblems({ metadata }: MonitoringStack, { nodeProblemDetector }: StackSettings, references: ReferenceFacts): ReadonlyMap<string, readonly Problem[]> {
  if (!nodeProblemDetector) return new Map();
  const { problems } = checkScripts(nodeProblemDetector.plugins, metadata.namespace, references);
  return new Map(problems.length === 0 ? [] : [[COMPONENTS.nodeProblemDetector, problems]]);
}
