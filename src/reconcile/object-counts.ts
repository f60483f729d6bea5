import type { Condition } from '../api/conditions.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../api/parse.ts';
import type { ObjectCount } from '../telemetry/metrics.ts';

/** How many resources of ours are in which state, by what their own statuses say; kinds without any are there with zeros. */
export function objectCounts(all: (kind: ResourceKind) => Iterable<KubeObject>): ObjectCount[] {
  return RESOURCE_KINDS.flatMap((kind) => {
    const counts: Record<ObjectCount['state'], number> = { pending: 0, rejected: 0, accepted: 0, live: 0 };
    for (const object of all(kind)) counts[kind === 'MonitoringStack' ? stackState(object) : resourceState(object)] += 1;
    return Object.entries(counts).map(([state, count]) => ({ kind, state: state as ObjectCount['state'], count }));
  });
}

function resourceState(object: KubeObject): ObjectCount['state'] {
  const accepted = statusOf(object, 'Accepted');
  if (accepted === undefined) return 'pending';
  if (accepted === 'False') return 'rejected';
  return statusOf(object, 'Live') === 'True' ? 'live' : 'accepted';
}

function stackState(object: KubeObject): ObjectCount['state'] {
  const stalled = statusOf(object, 'Stalled');
  if (stalled === undefined) return 'pending';
  if (stalled === 'True') return 'rejected';
  return statusOf(object, 'ConfigLive') === 'True' ? 'live' : 'accepted';
}

function statusOf(object: KubeObject, type: string): string | undefined {
  const { conditions = [] } = (object['status'] ?? {}) as { readonly conditions?: readonly Condition[] };
  return conditions.find((condition) => condition.type === type)?.status;
}
