import type { StackSettings } from '../api/defaults.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { StackParts } from './stack-parts.ts';

/** What every component's objects depend on: whose they are, what was asked for, and who must be let in. */
export interface StackContext {
  readonly stack: MonitoringStack;
  readonly settings: StackSettings;
  /** What of the settings is in force on this platform. */
  readonly parts: StackParts;
  /** Namespace of the operator: NetworkPolicies let it in, to ask what is live. */
  readonly operatorNamespace: string;
}
