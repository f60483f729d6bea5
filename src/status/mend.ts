/** What a pod says, what that means for whoever wrote the stack, and for which component; for any where none is named. */
const MENDS: readonly { readonly says: RegExp; readonly component?: string; readonly mend: string }[] = [
  {
    says: /address already in use|free ports for the requested pod ports/,
    component: 'node-exporter',
    mend: 'something else has this port on the node: set spec.exporters.node.port to a free one, or end the other program',
  },
  {
    says: /address already in use|free ports for the requested pod ports/,
    component: 'network-flows',
    mend: 'something else has this port on the node: set spec.exporters.networkFlows.port to a free one, or end the other program',
  },
  {
    says: /does not support BTF|kernel version \S+ not supported/,
    component: 'network-flows',
    mend: 'it needs Linux 5.11 or later, built with CONFIG_DEBUG_INFO_BTF: update the kernel of that node, or keep the exporter off by a nodeSelector in spec.exporters.networkFlows.pod; all else goes on without it',
  },
  {
    says: /following capabilities are required/,
    component: 'network-flows',
    mend: 'something takes capabilities away from its pods, or the kernel is older than 5.11: allow BPF, NET_RAW and PERFMON to the namespace, or update the kernel',
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
