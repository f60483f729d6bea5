/** Forgets what is not selected any more; answers with what that was. Where the numbers are the same nothing is looked at. */
export function forgetOthers<T, S>(inputs: Map<string, T>, selected: readonly S[], keyOfSelected: (one: S) => string): T[] {
  if (inputs.size === selected.length) return [];
  const keys = new Set(selected.map(keyOfSelected));
  const gone = [...inputs].filter(([key]) => !keys.has(key));
  for (const [key] of gone) inputs.delete(key);
  return gone.map(([, input]) => input);
}
