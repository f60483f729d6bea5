import type { NodeProblemDetectorSettings } from '../../../api/cluster-settings.ts';
import type { Problem } from '../../../api/rejection.ts';
import { re2Problem } from '../../../formats/prometheus/re2.ts';

/** Conditions that the kubelet and the cloud's controller write: two writers of one would fight. */
const OTHERS = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']);

/** Mistakes in rules for which the detector would end at once, or that would harm the node's own conditions. */
export function checkNodeProblemDetector({ rules }: NodeProblemDetectorSettings): Problem[] {
  return rules.flatMap(({ condition, pattern }, index): Problem[] => {
    const path = `spec.exporters.nodeProblemDetector.rules[${index}]`;
    // By itself first: "a)|(b" would be fine between our brackets, and mean something else.
    const problem = re2Problem(pattern, '', '') ?? re2Problem(pattern, '(?:', String.raw`).*\z`);
    return [
      ...(condition !== undefined && OTHERS.has(condition) ? [{ path: `${path}.condition`, reason: 'Invalid' as const, message: `"${condition}" is a condition of Kubernetes' own: call yours something else` }] : []),
      ...(problem === undefined ? [] : [{ path: `${path}.pattern`, reason: 'Invalid' as const, message: `the detector would not start with "${pattern}": ${problem}` }]),
    ];
  });
}
