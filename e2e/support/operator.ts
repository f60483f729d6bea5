/** The operator as a process of its own, beside a control plane or a node, as its own user: an audit log tells its writes from others'. */
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { kubectlOk, runCommand } from './kubectl.ts';
import { freePorts, startProgram, type Program } from './process.ts';
import { waitFor } from './wait-for.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The command as its sources are now, without a build. */
export const FROM_SOURCE: readonly string[] = [process.execPath, join(ROOT, 'src/main.ts')];
/** The command as `npm run build` made it. */
export const FROM_BUNDLE: readonly string[] = [process.execPath, join(ROOT, 'dist/belfry.js')];

/** The user that the operator is to the API server. */
export const OPERATOR_USER = 'belfry';

/** Installs the CRDs, and runs the operator until it is ready. Ends with this process at the latest. */
export async function startOperator(plane: ControlPlane, { command = FROM_SOURCE }: { readonly command?: readonly string[] } = {}): Promise<Program> {
  const { code, stdout: crds, stderr } = await runCommand([...command, 'install', '--crds-only']);
  if (code !== 0) throw new Error(`belfry install ended with ${code}: ${stderr}`);
  await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: crds });
  // kubectl fails at a CRD that has no status yet, instead of waiting for it.
  await waitFor('the CRDs to be established', () => kubectlOk(plane.kubeconfig, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']));
  await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'belfry-system']);
  const [port] = await freePorts(1);
  const user = await plane.kubeconfigFor({ user: OPERATOR_USER, groups: ['system:masters'] });
  return startProgram({
    name: 'belfry',
    command: [...command, 'run', '--kubeconfig', user, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${port}`],
    logFile: join(plane.dir, 'belfry.log'),
    ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
  });
}

/** A condition as `kubectl get -o json` shows it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

/** One of our resources, as far as tests look at it. */
export interface BelfryResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string; readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly targets?: { readonly selected: number; readonly rejected: number; readonly up?: number; readonly down?: number };
    readonly up?: number;
    readonly down?: number;
    readonly components?: readonly { readonly name: string; readonly ready: string }[];
  };
}

/** A condition of the resource's present generation; undefined while there is none. */
export function conditionOf({ metadata, status }: BelfryResource, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.observedGeneration === metadata.generation);
}
