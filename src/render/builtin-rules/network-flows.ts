import { FLOW_BYTES, PACKETS_IGNORED, PACKETS_SEEN } from '../exporters/network-flows/series.ts';
import { alert } from './alert.ts';
import { NETWORK_FLOWS } from './jobs.ts';
import type { Pack } from './pack.ts';

const NODE = '{{ $labels.node }}';
const packets = (name: string): string => `sum by (node) (rate(${name}{${NETWORK_FLOWS}}[10m]))`;

/** The exporter of network flows: where it sees nothing, no alert on unexpected traffic can fire. */
export const networkFlows: Pack = {
  name: 'network-flows',
  needs: ['networkFlows'],
  rules: [
    alert('NetworkFlowsDown', {
      severity: 'warning',
      expr: `up{${NETWORK_FLOWS}} == 0`,
      for: '15m',
      summary: `Nobody sees the network flows of node ${NODE}.`,
      description: 'The exporter there does not answer. Traffic from and to pods of that node is missing in the topology, and unexpected traffic of theirs goes unnoticed.',
    }),
    alert('NetworkFlowsMissing', {
      severity: 'warning',
      expr: `up{${NETWORK_FLOWS}} == 1 unless on (instance) ${FLOW_BYTES}{${NETWORK_FLOWS}}`,
      for: '30m',
      summary: `The exporter on node ${NODE} runs and sees no network flow.`,
      description: 'Every node has some traffic, if only that of its kubelet. Either its filter sees no packets, or the API server does not tell it whose addresses they are.',
    }),
    alert('NetworkFlowsIncomplete', {
      severity: 'info',
      threshold: 5,
      unit: 'percent',
      expr: (percent) => `100 * ${packets(PACKETS_IGNORED)} / ${packets(PACKETS_SEEN)} > ${percent}`,
      for: '30m',
      summary: `The exporter on node ${NODE} leaves out {{ $value | printf "%.0f" }}% of the packets.`,
      description: 'More connections are open at a time than its table holds. What it counts is too little, and short connections may be missing.',
    }),
  ],
};
