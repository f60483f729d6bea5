import { CONFIG_DIRECTORY } from './flags.ts';

const FOLDER = 'serviceaccount';

/**
 * The token of Prometheus' own service account, relative to the config that names it: the same in a pod and in a folder that
 * the command line writes. Only jobs of Kubernetes' own parts may name it, never one that a user can point elsewhere.
 */
export const TOKEN_FILE = `${FOLDER}/token`;
/** The cluster's certificate authority, beside it. */
export const CLUSTER_CA_FILE = `${FOLDER}/ca.crt`;

/** How long a token is good for, in seconds; the kubelet writes a new one well before. */
const TOKEN_SECONDS = 3600;

/** The volume that both come in. */
export const serviceAccountVolume: object = {
  name: FOLDER,
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: TOKEN_SECONDS } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
  },
};

/** Where the container sees it. */
export const serviceAccountMount: object = { name: FOLDER, mountPath: `${CONFIG_DIRECTORY}/${FOLDER}`, readOnly: true };
