import { OPERATOR } from '../render/names.ts';

/** Where the operator is installed unless `belfry install --namespace` says otherwise. */
export const OPERATOR_NAMESPACE = 'belfry-system';

/** Name of the Deployment, ServiceAccount, Service, Lease and (with the namespace's) of the cluster roles. */
export const OPERATOR_NAME: string = OPERATOR;

/** Port of /metrics, /healthz and /readyz. */
export const METRICS_PORT = 9464;

/** The image without its tag. */
export const IMAGE_REPOSITORY = 'ghcr.io/belfry-dev/belfry';

/**
 * What the Deployment tells Node.js and its C library. Objects of a few MiB come and go with each list and each pass: room of
 * 4 MiB for new ones instead of 16 costs a little more collecting, and takes a quarter of the memory at the peak away. Two
 * arenas of malloc(3) do for threads that allocate little; each of the usual eight for each core keeps what it once held.
 */
export const PROCESS_ENV: Readonly<Record<string, string>> = { NODE_OPTIONS: '--max-semi-space-size=4', MALLOC_ARENA_MAX: '2' };
