import type { Reason } from '../api/conditions.ts';
import type { FileReason } from './codes.ts';

/** Something wrong in a file: where, what, and the mend. */
export interface Finding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `ScrapeTarget/shop/checkout`; empty where the document is no resource. */
  readonly object: string;
  /** Field path in the resource; empty for the whole of it. */
  readonly path: string;
  readonly reason: Reason | FileReason;
  readonly message: string;
}
