/**
 * What `@dot-i/k8s-operator` finds under the name `@kubernetes/client-node` in the bundle (`npm run build` says so by an
 * alias). The whole package is 15 MB of generated API classes, which every command would have to read and none uses; of the
 * frame, only the constructor gets here. A test checks that nothing that the frame asks for is missing.
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
