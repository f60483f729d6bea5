import { clusterContract } from '../../src/testing/cluster.contract.ts';
import { connect, type Client } from '../../src/kube/client.ts';
import { resourceType } from '../../src/kube/resource-types.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';

describe('contract of a Cluster, kept by the real client against a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  const clients = new Map<string, Client>();

  before(async () => {
    plane = await startControlPlane();
    for (const fieldManager of ['belfry', 'other', 'somebody', 'mesh']) {
      clients.set(fieldManager, await connect({ kubeconfig: plane.kubeconfig, fieldManager }));
    }
  });
  after(async () => {
    for (const client of clients.values()) client.close();
    await plane?.stop();
  });

  const clientOf = (manager: string): Client => clients.get(manager) as Client;

  clusterContract(() => ({
    cluster: clientOf('belfry'),
    applyAs: (manager, object, options) => clientOf(manager).apply(object, options),
    editAs: async (manager, ref, change) => {
      const live = await clientOf(manager).read(ref);
      if (!live) throw new Error(`${ref.name} is not there`);
      return clientOf(manager).replace(change(live) as typeof live);
    },
    forgetHistory: async () => {
      const { resourceVersion } = await clientOf('belfry').list(resourceType('v1', 'Namespace'));
      await clientOf('belfry').create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later', namespace: 'default' } });
      // The API server's cache of history reaches back to its start at most.
      await plane.apiserver.stop();
      await plane.apiserver.start();
      return resourceVersion;
    },
  }));
});
