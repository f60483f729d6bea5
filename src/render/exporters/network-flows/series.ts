/**
 * What the exporter counts: bytes from `k8s_src_*` to `k8s_dst_*`, by namespace, name and kind of the workload on each side.
 * `direction` is `request` on the way from who opened the connection and `response` on the way back.
 */
export const FLOW_BYTES = 'beyla_network_flow_bytes_total';
/** Packets that it looked at. */
export const PACKETS_SEEN = 'beyla_bpf_network_packets_total';
/** Those of them that its map in the kernel had no place for. */
export const PACKETS_IGNORED = 'beyla_bpf_network_ignored_packets_total';

/** Names of all series that are kept of the exporter; each is a regular expression. */
export const NETWORK_FLOW_SERIES: readonly string[] = [FLOW_BYTES, PACKETS_SEEN, PACKETS_IGNORED, 'beyla_internal_build_info'];
