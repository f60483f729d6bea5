import type { TrafficPeerSpec, TrafficSpec } from '../../api/alert-policy.ts';
import type { Rule } from '../../formats/prometheus/rule-group.ts';
import { COMPONENTS } from '../names.ts';
import { FLOW_BYTES } from '../exporters/network-flows/series.ts';

/** The name of all alerts on traffic that nobody declared. */
export const UNEXPECTED_TRAFFIC = 'UnexpectedTraffic';

/** The traffic of one workload, and the policy that declares it. */
export interface TrafficOf {
  readonly policy: { readonly name: string; readonly namespace: string };
  readonly traffic: TrafficSpec;
}

type Matchers = readonly string[];

/** One of the two ways to look at a workload's connections. */
interface Side {
  readonly field: 'from' | 'to';
  /** Labels of the workload itself start so, and those of its peers. */
  readonly own: string;
  readonly peer: string;
  /** Kinds of peers that are never spoken of. A Service is seen beside the pods behind it, which are who is talked to. */
  readonly ignored: readonly string[];
  readonly verb: string;
}

const FROM: Side = { field: 'from', own: 'k8s_dst', peer: 'k8s_src', ignored: ['Service', 'Node'], verb: 'is talked to by' };
const TO: Side = { field: 'to', own: 'k8s_src', peer: 'k8s_dst', ignored: ['Service'], verb: 'talks to' };

/**
 * An address that Kubernetes does not know (yet) looks like one outside: only what goes on for ten minutes is one. What has ended
 * is seen for as long as the window is, so the two are held together.
 */
const OUTSIDE_WINDOW = '5m';
const OUTSIDE_HOLD = '15m';

/** The alerts on a workload's traffic that its policy does not declare: up to two for each side that is declared. */
export function trafficRules(of: TrafficOf): Rule[] {
  return [FROM, TO].flatMap((side) => {
    const peers = of.traffic[side.field];
    return peers === undefined ? [] : [insideRule(of, side, peers), ...(peers.some(({ outside }) => outside === true) ? [] : [outsideRule(of, side)])];
  });
}

/** A series is there for ten minutes after its last packet, so one connection is enough, and no rate() is, which needs two samples. */
function insideRule(of: TrafficOf, side: Side, peers: readonly TrafficPeerSpec[]): Rule {
  const all = [...ofWorkload(of, side), `${side.peer}_owner_type!~"${[...side.ignored, ...(peers.some(({ nodes }) => nodes === true) ? ['Node'] : [])].join('|')}|"`];
  const allowed = peers.flatMap((peer) => (peer.workload === undefined && peer.namespace === undefined ? [] : [peerMatchers(of, side, peer)]));
  const unless = allowed.map((matchers) => ` unless ${flows([...all, ...matchers])}`).join('');
  const peer = `{{ with $labels.${side.peer}_namespace }}{{ . }}/{{ end }}{{ $labels.${side.peer}_owner_name }}`;
  return rule(of, side, {
    expr: `sum by (${side.peer}_namespace, ${side.peer}_owner_name, ${side.peer}_owner_type) (${flows(all)}${unless})`,
    hold: of.traffic.for,
    peer,
    kind: 'inside',
  });
}

function outsideRule(of: TrafficOf, side: Side): Rule {
  return rule(of, side, {
    expr: `sum(increase(${flows([...ofWorkload(of, side), `${side.peer}_owner_type=""`])}[${OUTSIDE_WINDOW}])) > 0`,
    hold: of.traffic.for ?? OUTSIDE_HOLD,
    peer: 'addresses outside of the cluster',
    kind: 'outside',
  });
}

function ofWorkload({ policy, traffic }: TrafficOf, { own }: Side): Matchers {
  return [
    `job="${COMPONENTS.networkFlows}"`, 'direction="request"', `${own}_namespace="${policy.namespace}"`, `${own}_owner_name="${traffic.workload}"`, `${own}_owner_type!="Service"`,
  ];
}

function peerMatchers({ policy }: TrafficOf, { peer }: Side, { namespace = policy.namespace, workload }: TrafficPeerSpec): Matchers {
  return [`${peer}_namespace="${namespace}"`, ...(workload === undefined ? [] : [`${peer}_owner_name="${workload}"`])];
}

function flows(matchers: Matchers): string {
  return `${FLOW_BYTES}{${matchers.join(',')}}`;
}

interface Words {
  readonly expr: string;
  readonly hold: string | undefined;
  readonly peer: string;
  readonly kind: 'inside' | 'outside';
}

function rule({ policy, traffic }: TrafficOf, { field, verb }: Side, { expr, hold, peer, kind }: Words): Rule {
  const workload = `${policy.namespace}/${traffic.workload}`;
  return {
    alert: UNEXPECTED_TRAFFIC,
    expr,
    ...(hold === undefined ? {} : { for: hold }),
    labels: { severity: 'warning', ...traffic.labels, namespace: policy.namespace, workload: traffic.workload, traffic: field, peer: kind },
    annotations: {
      summary: `${workload} ${verb} ${peer}, which nobody declared.`,
      description: `If it is meant to be, add it to "${field}" of ${workload} under spec.traffic of AlertPolicy ${policy.namespace}/${policy.name}. If not, find out who does it; a NetworkPolicy stops it.`,
      ...traffic.annotations,
    },
  };
}
