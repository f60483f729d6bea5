import type { Receiver } from './receiver.ts';
import type { Route } from './route.ts';
import type { TimeInterval } from './time-interval.ts';

/** While an alert fires that the source matchers fit, those that the target matchers fit are not notified. */
export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  /** Labels that must be equal on both; missing and empty are the same. */
  readonly equal?: readonly string[];
}

/** Time intervals by the name that routes use. */
export interface NamedTimeIntervals {
  readonly name: string;
  readonly time_intervals: readonly TimeInterval[];
}

/** alertmanager.yaml, as far as it is ours to write (config/config.go, Config). */
export interface AlertmanagerConfig {
  readonly global?: { readonly resolve_timeout?: string };
  readonly route: Route;
  readonly inhibit_rules?: readonly InhibitRule[];
  readonly receivers: readonly Receiver[];
  readonly time_intervals?: readonly NamedTimeIntervals[];
}
