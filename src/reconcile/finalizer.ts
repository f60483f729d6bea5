import { API_VERSION, FINALIZER, LABEL_OWNER } from '../api/group.ts';
import { refOf, type KubeObject, type ObjectMeta, type ObjectRef } from '../api/kube-object.ts';
import { isOwned } from '../diff/plan.ts';
import type { Cluster, ResourceType } from '../kube/cluster.ts';
import { isKubeError } from '../kube/errors.ts';
import { resourceType } from '../kube/resource-types.ts';
import type { Requeue } from './queue.ts';

/**
 * Takes away what no owner reference takes away (cluster-scoped objects, objects in other namespaces), and lets go of the
 * stack only when all of it is gone. Deletes only what carries our label and the stack's uid.
 */
export async function finalizeStack(cluster: Cluster, stack: ObjectMeta): Promise<Requeue> {
  const { finalizers = [], uid = '' } = stack;
  if (!finalizers.includes(FINALIZER)) return 'on-change';
  for (const object of await listForeign(cluster, uid)) {
    await cluster.delete(refOf(object), object.metadata.uid === undefined ? {} : { uid: object.metadata.uid });
  }
  if ((await listForeign(cluster, uid)).length > 0) return 'with-backoff';
  await letGo(cluster, stack);
  return 'on-change';
}

const RBAC = 'rbac.authorization.k8s.io/v1';
/** Kinds that a stack may have outside its namespace, in the order in which they go: an API that nobody serves stalls the cluster's own cleaning up. */
const FOREIGN_KINDS = [
  ['apiregistration.k8s.io/v1', 'APIService'], [RBAC, 'ClusterRole'], [RBAC, 'ClusterRoleBinding'], [RBAC, 'Role'], [RBAC, 'RoleBinding'],
] as const;

/** Asks the API server and not the watches, which may not show yet what was written a moment ago. */
async function listForeign(cluster: Cluster, uid: string): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  for (const [apiVersion, kind] of FOREIGN_KINDS) {
    const items = await listOwned(cluster, resourceType(apiVersion, kind), uid);
    found.push(...items.filter((object) => isOwned(object.metadata, uid)));
  }
  return found;
}

async function listOwned(cluster: Cluster, type: ResourceType, uid: string): Promise<readonly KubeObject[]> {
  try {
    return (await cluster.list(type, { labelSelector: `${LABEL_OWNER}=${uid}`, metadataOnly: true })).items;
  } catch (error) {
    // Who may not even list these has written none, and must not keep the stack for ever.
    if (type.kind === 'APIService' && isKubeError(error, 'forbidden')) return [];
    throw error;
  }
}

async function letGo(cluster: Cluster, { namespace, name, uid }: ObjectMeta): Promise<void> {
  const ref: ObjectRef = { apiVersion: API_VERSION, kind: 'MonitoringStack', name, ...(namespace === undefined ? {} : { namespace }) };
  const latest = await cluster.read(ref);
  if (!latest || latest.metadata.uid !== uid) return;
  const finalizers = (latest.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
  try {
    await cluster.patchMetadata(ref, { finalizers, resourceVersion: latest.metadata.resourceVersion });
  } catch (error) {
    if (!isKubeError(error, 'notFound')) throw error;
  }
}
