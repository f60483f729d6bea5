import type { PackRule } from './alert.ts';
import type { Part } from './parts.ts';

/** Rules that come and go together. */
export interface Pack {
  /** Lower case, so that no rule is called the same; the group is called `belfry/<name>`. */
  readonly name: string;
  /** The parts of a stack that all have to be on. Without any, every stack with a Prometheus server has the pack. */
  readonly needs: readonly Part[];
  /** How often it is evaluated; default: as often as the stack evaluates rules. */
  readonly interval?: string;
  readonly rules: readonly PackRule[];
}
