import { keyOf, type ObjectMeta } from '../api/kube-object.ts';

/** Forgets what is not selected any more; answers with its keys. */
export function forgetOthers(inputs: Map<string, unknown>, selected: readonly { readonly metadata: ObjectMeta }[]): string[] {
  if (inputs.size === selected.length) return [];
  const keys = new Set(selected.map(keyOf));
  const gone = [...inputs.keys()].filter((key) => !keys.has(key));
  for (const key of gone) inputs.delete(key);
  return gone;
}
