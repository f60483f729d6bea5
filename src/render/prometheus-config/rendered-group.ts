import type { Rejection } from '../../api/rejection.ts';
import type { ScrapeTarget } from '../../api/scrape-target.ts';
import { Remembered } from '../../lib/remembered.ts';
import type { Omission, Piece } from '../rendered.ts';
import { renderTarget, type RenderedTarget } from '../scrape-target/render-target.ts';
import type { TargetSettings } from '../scrape-target/target-settings.ts';
import type { TargetInput } from '../stack-input.ts';
import type { TargetGroup } from './target-groups.ts';

/** A ScrapeTarget and what became of it. */
export interface TargetResult {
  readonly input: TargetInput;
  readonly rendered: RenderedTarget;
}

/** What the ScrapeTargets of one bucket bring together, each list in the order of their owners. */
export interface RenderedGroup {
  readonly results: readonly TargetResult[];
  readonly pieces: readonly Piece[];
  readonly rejections: readonly Rejection[];
  readonly omissions: readonly Omission[];
  /** job_names by owner. */
  readonly jobs: ReadonlyMap<string, readonly string[]>;
  /** Those that read files. */
  readonly withFiles: readonly TargetResult[];
  /** Those in the config that probe. */
  readonly probing: readonly ScrapeTarget[];
}

const known = new Remembered<TargetGroup, RenderedGroup>();

/** Renders the ScrapeTargets of one bucket. The same group with the same settings is the same object as last time, and costs nothing. */
export function renderedGroup(group: TargetGroup, settings: TargetSettings): RenderedGroup {
  return known.of(group, [settings.key], () => together(group.map((input) => ({ input, rendered: renderTarget(input, settings) }))));
}

/** What these results bring together. */
export function together(results: readonly TargetResult[]): RenderedGroup {
  const withPieces = results.filter(({ rendered }) => rendered.piece !== undefined);
  const pieces = withPieces.map(({ rendered }) => rendered.piece as Piece);
  return {
    results,
    pieces,
    rejections: results.flatMap(({ rendered }) => rendered.rejections),
    omissions: results.flatMap(({ rendered }) => rendered.omitted),
    jobs: new Map(pieces.map(({ owner, names }) => [owner, names])),
    withFiles: results.filter(({ rendered }) => rendered.credentials.size > 0),
    probing: withPieces.map(({ input }) => input.target).filter(({ spec }) => spec.probe !== undefined),
  };
}
