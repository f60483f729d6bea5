import type { Replica } from './prometheus-api.ts';
import type { WantedConfig } from './wanted-config.ts';

/** What a replica has confirmed so far. */
export interface Confirmation {
  readonly incarnation: string;
  readonly markers: Set<string>;
  alertmanagerHash?: number;
  /** Why it has not confirmed more. */
  trouble?: string;
}

/** A stack whose replicas are being asked. */
export interface Asked {
  readonly wanted: WantedConfig;
  /** By pod. */
  readonly confirmations: Map<string, Confirmation>;
}

/** What a replica has confirmed in its present life. */
export function confirmationOf(watched: Asked, replica: Replica): Confirmation | undefined {
  const confirmation = watched.confirmations.get(replica.pod);
  return confirmation?.incarnation === replica.incarnation ? confirmation : undefined;
}

/** The same, begun anew where the replica began a new life. */
export function freshConfirmation(watched: Asked, replica: Replica): Confirmation {
  const known = confirmationOf(watched, replica);
  if (known) return known;
  const fresh: Confirmation = { incarnation: replica.incarnation, markers: new Set() };
  watched.confirmations.set(replica.pod, fresh);
  return fresh;
}

/** Whether a replica has shown every marker of its shard. */
export function hasAll(watched: Asked, replica: Replica): boolean {
  const confirmation = confirmationOf(watched, replica);
  const markers = watched.wanted.markers.get(replica.shard) ?? [];
  return confirmation !== undefined && markers.every((marker) => confirmation.markers.has(marker));
}

/** Whether a replica has shown the hash of the wanted alertmanager.yaml; true where Alertmanager is off. */
export function hasAlertmanagerConfig(watched: Asked, replica: Replica): boolean {
  const wanted = watched.wanted.alertmanager;
  return wanted === undefined || confirmationOf(watched, replica)?.alertmanagerHash === wanted.hash;
}

/**
 * Drops what the change of mind makes untrue: going from A to B and back to A, a replica that showed A at first may have
 * loaded B meanwhile.
 */
export function forgetOld(confirmation: Confirmation, before: WantedConfig, wanted: WantedConfig): void {
  const current = new Set([...wanted.markers.values()].flat());
  for (const marker of confirmation.markers) if (!current.has(marker)) confirmation.markers.delete(marker);
  if (before.alertmanager?.hash !== wanted.alertmanager?.hash) delete confirmation.alertmanagerHash;
}
