import type { CommandIo } from './command-io.ts';
import { crdManifests, DEFAULT_INSTALL, operatorManifests } from './install-manifests.ts';
import { yamlStream } from './yaml-stream.ts';

export interface InstallOptions {
  readonly namespace?: string;
  readonly image?: string;
  readonly crdsOnly?: boolean;
}

/** `belfry install`: CRDs, RBAC and Deployment as one stream for `kubectl apply -f -`. */
export function installCommand({ namespace, image, crdsOnly }: InstallOptions, io: CommandIo): number {
  const settings = { namespace: namespace ?? DEFAULT_INSTALL.namespace, image: image ?? DEFAULT_INSTALL.image };
  io.stdout(yamlStream([...crdManifests(), ...(crdsOnly ? [] : operatorManifests(settings))]));
  return 0;
}
