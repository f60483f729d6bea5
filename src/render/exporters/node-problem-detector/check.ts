import type { NodeProblemDetectorSettings, NodeProblemPlugin, NodeProblemRule } from '../../../api/cluster-settings.ts';
import type { Problem } from '../../../api/rejection.ts';
import { durationProblem, parseDuration } from '../../../formats/prometheus/duration.ts';
import { re2Problem } from '../../../formats/prometheus/re2.ts';
import { BUILTIN_CONDITIONS } from './rules.ts';

/** Conditions that the kubelet and the cloud's controller write: two writers of one would fight. */
const OTHERS = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']);

const PATH = 'spec.exporters.nodeProblemDetector';
const invalid = (path: string, message: string): Problem => ({ path, reason: 'Invalid', message });

/** Mistakes in rules and plugins for which the detector would end at once, or that would harm the node's own conditions. */
export function checkNodeProblemDetector({ rules, plugins }: NodeProblemDetectorSettings): Problem[] {
  return [...rules.flatMap(ruleProblems), ...plugins.flatMap((plugin, index) => pluginProblems(plugin, `${PATH}.plugins[${index}]`, { rules, earlier: plugins.slice(0, index) }))];
}

function ruleProblems({ condition, pattern }: NodeProblemRule, index: number): Problem[] {
  const path = `${PATH}.rules[${index}]`;
  // By itself first: "a)|(b" would be fine between our brackets, and mean something else.
  const problem = re2Problem(pattern, '', '') ?? re2Problem(pattern, '(?:', String.raw`).*\z`);
  return [
    ...(condition !== undefined && OTHERS.has(condition) ? [kubernetesOwn(path, condition)] : []),
    ...(problem === undefined ? [] : [invalid(`${path}.pattern`, `the detector would not start with "${pattern}": ${problem}`)]),
  ];
}

function kubernetesOwn(path: string, condition: string): Problem {
  return invalid(`${path}.condition`, `"${condition}" is a condition of Kubernetes' own: call yours something else`);
}

interface Beside {
  readonly rules: readonly NodeProblemRule[];
  readonly earlier: readonly NodeProblemPlugin[];
}

function pluginProblems(plugin: NodeProblemPlugin, path: string, { rules, earlier }: Beside): Problem[] {
  const { name, condition, interval, timeout } = plugin;
  return [
    ...(earlier.some((other) => other.name === name) ? [invalid(`${path}.name`, `there is a plugin "${name}" already: give each its own name`)] : []),
    ...(condition === undefined ? [] : conditionProblems(condition, path, { rules, earlier })),
    ...durationProblems(interval, timeout, path),
  ];
}

/** Each monitor writes the whole condition, so that of two the last would win. */
function conditionProblems(condition: string, path: string, { rules, earlier }: Beside): Problem[] {
  if (OTHERS.has(condition)) return [kubernetesOwn(path, condition)];
  const other = earlier.find((plugin) => plugin.condition === condition);
  const isKernel = [...BUILTIN_CONDITIONS.map(({ type }) => type), ...rules.map((rule) => rule.condition)].includes(condition);
  if (!other && !isKernel) return [];
  const writer = other ? `plugin ${other.name}` : 'a rule for the kernel log';
  return [invalid(`${path}.condition`, `${writer} sets the condition "${condition}" already, and each would undo what the other says: give this plugin one of its own`)];
}

function durationProblems(interval: string, timeout: string, path: string): Problem[] {
  const problems = [['interval', interval], ['timeout', timeout]].flatMap(([field, text = '']): Problem[] => {
    const problem = durationProblem(text);
    return problem === undefined ? [] : [{ path: `${path}.${field}`, reason: 'DurationInvalid', message: problem }];
  });
  if (problems.length > 0) return problems;
  const [intervalMs = 0, timeoutMs = 0] = [interval, timeout].map(parseDuration);
  const wrong = (field: string, message: string): Problem => ({ path: `${path}.${field}`, reason: 'DurationInvalid', message });
  if (intervalMs < 1000) return [wrong('interval', `the interval "${interval}" is too short: a second is the least`)];
  return [
    ...(timeoutMs === 0 ? [wrong('timeout', `the timeout "${timeout}" would end each run before it begins: leave it out for 5s`)] : []),
    ...(timeoutMs > intervalMs ? [wrong('timeout', `the timeout "${timeout}" is longer than the interval "${interval}": a run has to end before the next one begins`)] : []),
  ];
}
