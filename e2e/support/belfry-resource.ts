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
