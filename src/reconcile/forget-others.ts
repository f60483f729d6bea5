import { keyOf, type ObjectMeta } from '../api/kube-object.ts';

/** Forgets what is not selected any more; answers with what that was. */
export function forgetOthers<T>(inputs: Map<string, T>, selected: readonly { readonly metadata: ObjectMeta }[]): T[] {
  if (inputs.size === selected.length) return [];
  const keys = new Set(selected.map(keyOf));
  const gone = [...inputs].filter(([key]) => !keys.has(key));
  for (const [key] of gone) inputs.delete(key);
  return gone.map(([, input]) => input);
}
