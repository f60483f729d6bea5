import { refOf, type KubeObject } from '../api/kube-object.ts';
import type { Problem, Rejection } from '../api/rejection.ts';
import { renderStack } from '../render/render-stack.ts';
import type { Rendered } from '../render/rendered.ts';
import type { StackInput } from '../render/stack-input.ts';
import type { Finding } from './finding.ts';
import type { OfflineStacks } from './offline-stacks.ts';

/** A stack of the files and what comes out. */
export interface RenderedStack {
  readonly input: StackInput;
  readonly rendered: Rendered;
}

/** Renders stacks, and puts what is rejected beside what was wrong before, each once, by place. */
export function renderFiles(inputs: readonly StackInput[], { findings, locate }: OfflineStacks): { stacks: RenderedStack[]; findings: Finding[] } {
  const stacks = inputs.map((input) => ({ input, rendered: renderStack(input) }));
  const rejected = stacks.flatMap((stack) => [...stack.rendered.rejections, ...ofComponents(stack)].map(locate));
  // Two stacks that select one bad target reject it twice.
  const all = new Map([...findings, ...rejected].map((finding) => [JSON.stringify(finding), finding]));
  return { stacks, findings: [...all.values()].sort(byPlace) };
}

/** What keeps a component from its work: in a cluster that component's word, in files a mistake like others. */
function ofComponents({ input: { stack }, rendered: { componentProblems } }: RenderedStack): Rejection[] {
  const object = refOf(stack as unknown as KubeObject);
  return [...(componentProblems ?? new Map<string, readonly Problem[]>()).values()].flat().map((problem) => ({ object, ...problem }));
}

function byPlace(a: Finding, b: Finding): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}
