/** A release of Prometheus. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads `v3.15.0`, `3.15.0`, `3.15` or `v3.16.0-rc.0` (as 3.16.0); undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+][0-9A-Za-z.-]+)?$/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Below zero where `a` is the older release, above where it is the newer, zero where both are the same. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Whether `version` is `since` or newer. Without a version the newest is meant. */
export function isAtLeast(version: Version | undefined, since: Version): boolean {
  return version === undefined || compareVersions(version, since) >= 0;
}

/** `v3.15.0` */
export function printVersion([major, minor, patch]: Version): string {
  return `v${major}.${minor}.${patch}`;
}
