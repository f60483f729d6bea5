/** `nobody` in the images of the Prometheus project. */
export const NOBODY = 65534;

/** Only for what the kernel of a node gives to nobody else. */
export const ROOT = 0;

/** A pod's security context, running as one user: as Pod Security "restricted" wants it, unless that is root. */
export function podSecurity(userId: number): object {
  if (userId === ROOT) return { runAsUser: ROOT, seccompProfile: { type: 'RuntimeDefault' } };
  return { runAsNonRoot: true, runAsUser: userId, runAsGroup: userId, fsGroup: userId, seccompProfile: { type: 'RuntimeDefault' } };
}

/** A container's security context as Pod Security "restricted" wants it, and with a root file system that is read-only. */
export function restrictedContainerSecurity(addedCapabilities: readonly string[] = []): object {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], ...(addedCapabilities.length > 0 ? { add: [...addedCapabilities] } : {}) },
  };
}
