import { kubectlOk } from './kubectl.ts';
import { waitFor } from './wait-for.ts';

/** Waits until the API server serves every CRD that was applied, 30 s at most. */
export async function crdsEstablished(kubeconfig: string): Promise<void> {
  // kubectl fails at a CRD that has no status yet, instead of waiting for it.
  await waitFor('the CRDs to be established', () => kubectlOk(kubeconfig, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=10s']));
}
