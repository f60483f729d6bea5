/** `nobody` in the images of the Prometheus project. */
export const NOBODY = 65534;

/** A pod's security context as Pod Security "restricted" wants it, running as one user that is not root. */
export function restrictedPodSecurity(userId: number): object {
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
