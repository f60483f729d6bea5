import type { StackState } from './stack-state.ts';

/**
 * Why nothing of a resource (`ScrapeTarget/shop/checkout`) is on its way to the replicas of a stack at all; undefined where it is.
 * `changed`: what was live of it before is not what it is now.
 */
export function obstacleOf({ pass, rendered, memory }: StackState, owner: string): { readonly changed: boolean; readonly error: string } | undefined {
  const stalled = pass?.stackRejections[0];
  if (stalled) return { changed: !rendered, error: `the stack is stalled: ${stalled.message}` };
  const failed = pass?.failures[0];
  if (failed) return { changed: true, error: failed.message };
  // What was live before a suspension stays so; what came or changed since waits for its end.
  return pass?.suspended && (!rendered || memory.moved.has(owner)) ? { changed: true, error: 'the stack is suspended' } : undefined;
}
