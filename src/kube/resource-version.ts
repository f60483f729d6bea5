/**
 * Whether this resourceVersion of an object is the other one or newer. etcd's revisions only grow; a server that counts in
 * another way is believed where it repeats itself.
 */
export function isAtLeast(shown: string, version: string): boolean {
  if (shown === version) return true;
  return /^\d+$/.test(shown) && /^\d+$/.test(version) && BigInt(shown) > BigInt(version);
}
