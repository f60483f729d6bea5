import type { SilenceSpec } from '../api/alert-policy.ts';
import type { StackSettings } from '../api/defaults.ts';
import type { Rejection } from '../api/rejection.ts';
import { sortBy } from '../lib/sort-by.ts';
import { policySettings } from './alert-policy/policy-settings.ts';
import { ownerOf } from './owner.ts';
import { renderPolicy } from './alert-policy/render-policy.ts';
import type { PolicyRouting } from './alert-policy/routing.ts';
import type { Omission, Piece } from './rendered.ts';
import type { StackInput } from './stack-input.ts';

/** What all AlertPolicies of a stack contribute to it, by owner (`AlertPolicy/namespace/name`) where one has to be found. */
export interface RenderedPolicies {
  readonly pieces: readonly Piece[];
  readonly routings: readonly PolicyRouting[];
  readonly rejections: readonly Rejection[];
  readonly omitted: readonly Omission[];
  readonly rules: ReadonlyMap<string, number>;
  readonly injected: ReadonlyMap<string, readonly string[]>;
  readonly silences: ReadonlyMap<string, readonly SilenceSpec[]>;
}

/** Renders every AlertPolicy of a stack, in the order of their names. */
export function renderedPolicies({ stack, policies }: StackInput, settings: StackSettings): RenderedPolicies {
  const own = policySettings(stack.metadata, settings);
  const results = sortBy(policies, ({ policy }) => ownerOf(policy)).map((input) => ({ owner: ownerOf(input.policy), rendered: renderPolicy(input, own) }));
  return {
    pieces: results.flatMap(({ rendered }) => rendered.piece ?? []),
    routings: results.flatMap(({ rendered }) => rendered.routing ?? []),
    rejections: results.flatMap(({ rendered }) => rendered.rejections),
    omitted: results.flatMap(({ rendered }) => rendered.omitted),
    rules: new Map(results.filter(({ rendered }) => rendered.piece !== undefined).map(({ owner, rendered }) => [owner, rendered.ruleCount])),
    injected: new Map(results.filter(({ rendered }) => rendered.injected.length > 0).map(({ owner, rendered }) => [owner, rendered.injected])),
    silences: new Map(results.filter(({ rendered }) => rendered.silences.length > 0).map(({ owner, rendered }) => [owner, rendered.silences])),
  };
}
