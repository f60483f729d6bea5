/** What a pod says, what that means for whoever wrote the stack, and for which component; for any where none is named. */
const MENDS: readonly { readonly says: RegExp; readonly component?: string; readonly mend: string }[] = [
  {
    says: /address already in use|free ports for the requested pod ports/,
    component: 'node-exporter',
    mend: 'something else has this port on the node: set spec.exporters.node.port to a free one, or end the other program',
  },
  { says: /Insufficient (?:cpu|memory)/, mend: 'no node has so much left: ask for less in the component\'s pod.resources, or add a node' },
  { says: /untolerated taint/, mend: 'nodes keep it away: add tolerations to the component\'s pod, or a nodeSelector' },
  { says: /unbound immediate PersistentVolumeClaims/, mend: 'its volume is not there: name a StorageClass in the component\'s storage, or see kubectl describe pvc' },
  { says: /ImagePullBackOff|ErrImagePull/, mend: 'the image cannot be had: name a mirror in spec.images.registry, or Secrets to pull with in spec.images.pullSecrets' },
  { says: /OOMKilled/, mend: 'it needs more memory than its limit: raise limits.memory in the component\'s pod.resources' },
];

/** What helps against what a component's pod says; undefined where nobody knows. */
export function mendOf(component: string, says: string): string | undefined {
  return MENDS.find((one) => one.says.test(says) && (one.component === undefined || one.component === component))?.mend;
}
