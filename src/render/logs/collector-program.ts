import type { Component } from '../versions.ts';

/** How the kubelet asks it. */
export interface Probes {
  readonly readinessProbe: object;
  readonly livenessProbe: object;
}

/** What differs between the programs that collect. */
export interface CollectorProgram {
  /** Its component, and the name of its container. */
  readonly component: string;
  readonly image: Component;
  /** The tag of the image. */
  readonly release: string;
  /** Files of its config: name to text. It reads them once, at the start. */
  readonly config: Readonly<Record<string, string>>;
  /** Where it looks for them. */
  readonly configDirectory: string;
  readonly args: readonly string[];
  readonly env: readonly object[];
  /** Whether it reads names, passwords and tokens from files; otherwise they are in `env`, by reference. */
  readonly readsPasswordFiles: boolean;
  /** Port of its metrics, and of its health where that is another. */
  readonly metricsPort: number;
  readonly healthPort?: number;
  readonly probes: Probes;
  /** Where it remembers how far it read, and keeps what it could not send yet. */
  readonly stateDirectory: string;
  /** Directories of the node that it reads. */
  readonly reads: readonly string[];
  readonly resources: object;
  /** Capabilities beside none. */
  readonly capabilities: readonly string[];
}
