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
 * What Node.js is told by the Deployment. Objects of a few MiB come and go with each list and each pass: room of 4 MiB for new
 * ones instead of 16 costs a little more collecting, and takes a quarter of the memory at the peak away.
 */
export const NODE_OPTIONS = '--max-semi-space-size=4';
