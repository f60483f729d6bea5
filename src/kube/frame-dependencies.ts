/**
 * What `@dot-i/k8s-operator` finds in the bundle under the names `@kubernetes/client-node` and `gaxios` (`npm run build` says
 * so by aliases). The real ones are 15 MB of generated API classes and an HTTP client that warns of its own age: every command
 * would have to read them and none uses them, for of the frame only the constructor gets here.
 * A test checks that nothing that the frame asks for is missing.
 */
export { KubeConfig } from '@kubernetes/client-node/dist/config.js';

/** Constructed by the frame, never called: requests go through our Cluster. */
export class CoreV1Api {}

/** Only for registerCustomResourceDefinition, which BelfryOperator replaces. */
export class ApiextensionsV1Api {}

/** Only for the frame's watchResource, which BelfryOperator replaces. */
export class Watch {
  constructor() {
    throw new Error('watches go through kube/informer.ts');
  }
}

/** Only for registerCustomResourceDefinition, which BelfryOperator replaces. */
export function loadYaml(): never {
  throw new Error('definitions are installed with `belfry install`');
}

/** Only for the frame's writes of finalizers and statuses, which BelfryOperator replaces. */
export const instance = {
  request: (): Promise<never> => Promise.reject(new Error('requests go through kube/client.ts')),
};
