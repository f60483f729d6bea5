import { expect } from 'chai';
import { dashboardsFor } from '../../../src/render/grafana/dashboards.ts';
import { ALL_COMPONENTS } from '../../../src/testing/all-components.ts';
import { asSent, dashboardQueries } from '../../../src/testing/dashboard-queries.ts';
import { shown } from '../../support/shown.ts';
import { waitFor } from '../../support/wait-for.ts';
import { TROUBLE } from './stack.ts';
import type { WholeCluster } from './world.ts';

const GROUP = 'Dashboards';

/** Why a query has no answer here, by the series that it asks for. */
const REASONS: readonly { readonly why: string; readonly series: RegExp }[] = [
  { why: 'the image called Grafana holds a stand-in here', series: /job="grafana"/ },
  { why: 'the kubelet was given its certificates, and renews none', series: /kubelet_certificate_manager_/ },
  { why: 'systemd does not run here', series: /node_systemd_/ },
  { why: 'cAdvisor sees no block device behind the containers of this machine', series: /container_fs_/ },
  { why: 'the kubelet has measured no volume of a claim yet', series: /kubelet_volume_stats_/ },
  { why: 'it is told only of containers that wait, and none of this workload does', series: /kube_pod_container_status_waiting_reason/ },
  { why: 'no admission webhook is registered', series: /apiserver_admission_webhook_/ },
  { why: 'etcd has one member', series: /etcd_network_peer_/ },
  { why: 'the DNS server forwards to nobody', series: /coredns_proxy_/ },
  { why: 'nothing with a certificate is probed', series: /probe_ssl_/ },
  { why: 'it looks at every fifth minute, and at none of them did an alert fire', series: /ALERTS\{.*\[1d:5m\]/ },
  { why: 'one Alertmanager alone has no mesh', series: /alertmanager_cluster_/ },
  {
    why: 'it is counted from the first time it happens, and it has not',
    series: /apiserver_request_terminations_total|apiserver_flowcontrol_rejected_requests_total|kubelet_evictions|kubelet_runtime_operations_errors_total|prometheus_sd_refresh_failures_total|belfry_watch_missed_events_total|belfry_watch_restarts_total/,
  },
];

/** What is chosen in the menus at the top; else all. */
const VARIABLES = { workload: 'burner' };

/** Not on in this stack: there is nobody to write to, no eBPF, one shard, and no store of log lines. */
const ELSEWHERE: readonly string[] = ['remoteWrite', 'networkFlows', 'querier', 'otelCollector', 'fluentBit', 'fluentd'];

const NOTHING_WRONG = 'it asks only for what is wrong or at work, and nothing is; without that condition it has an answer';

/** What selects faults, or the few that are worth a row. */
const CONDITIONS = /(?: (?:>|<|==) -?[\d.]+)|(?:,(?:code=~"5[^"]*"|code!~"2\.\."|status!="success"|result!="success"|phase!="Bound"))/g;

/** Every query of every dashboard, on the series that the stack has gathered by now. */
export function dashboards(cluster: WholeCluster): void {
  const all = dashboardsFor(new Set(ALL_COMPONENTS.filter((component) => !ELSEWHERE.includes(component)))).map(({ dashboard }) => dashboard);

  const comes = (expr: string): Promise<boolean> =>
    waitFor(expr, async () => (await cluster.query(expr)).length > 0, { timeoutMs: 30_000, intervalMs: 1_000 }).then(() => true, () => false);

  describe('dashboards', () => {
    it('have an answer to every query, or a reason why there is none here', async () => {
      await waitFor('rates', async () => (await cluster.query('rate(process_cpu_seconds_total[1m])')).length > 5, { timeoutMs: 180_000, intervalMs: 1_000 });
      const silent: { readonly at: string; readonly expr: string; readonly why: string | undefined }[] = [];
      const queries = all.flatMap(dashboardQueries);
      const reason = async (sent: string): Promise<string | undefined> =>
        ((await cluster.query(sent.replaceAll(CONDITIONS, ''))).length > 0 ? NOTHING_WRONG : REASONS.find(({ series }) => series.test(sent))?.why);
      for (const { at, expr } of queries) {
        const sent = asSent(expr, VARIABLES);
        if ((await cluster.query(sent)).length > 0) continue;
        const why = await reason(sent);
        // What there is no reason for may be on its way: series come one by one on a busy machine, and a rate needs two samples.
        if (why === undefined && (await comes(sent))) continue;
        silent.push({ at, expr: sent, why: why ?? (await reason(sent)) });
      }
      process.stdout.write(silent.map(({ at, expr, why }) => `      no data: ${at}: ${why ?? expr}\n`).join(''));
      for (const [why, members] of Map.groupBy(silent, (one) => one.why ?? 'unknown')) {
        shown({ group: GROUP, what: `no data: ${why}`, how: [...new Set(members.map(({ at }) => at))].join('; '), result: `${members.length} queries` });
      }
      shown({ group: GROUP, what: 'queries of dashboards return data', how: `every query of the ${all.length} dashboards of such a stack, put to its Prometheus`, result: `${queries.length - silent.length} of ${queries.length}` });
      expect(silent.filter(({ why }) => why === undefined).map(({ at, expr }) => `${at}: ${expr}`)).to.deep.equal([]);
    });

    it('see what is wrong: what crashes, what was killed for memory, what nobody takes', async () => {
      const values = async (uid: string, title: string, variables: Readonly<Record<string, string>> = {}) => {
        const panel = all.find((dashboard) => dashboard.uid === uid)?.rows.flatMap(({ panels }) => panels).find((one) => one.title === title);
        return (await cluster.query(asSent(panel?.queries[0]?.expr ?? 'nothing', variables))).map(({ metric, value: [, number] }) => ({ ...metric, number }));
      };
      const stuck = await waitFor('the container that crashes to wait', async (seen) => {
        const found = await values('belfry-cluster', 'Containers stuck by name');
        seen(found);
        return found.find((one) => 'pod' in one && one.pod === 'crashes');
      }, { timeoutMs: 180_000, intervalMs: 1_000 });
      expect(stuck).to.include({ namespace: TROUBLE, container: 'app', reason: 'CrashLoopBackOff' });
      expect(await values('belfry-pod', 'Killed for memory', { namespace: TROUBLE, pod: 'hogs' })).to.deep.equal([{ number: '1' }]);
      expect(await values('belfry-cluster', 'Nodes not ready')).to.deep.equal([{ number: '0' }]);
      expect(await values('belfry-alerts', 'Heartbeat')).to.deep.equal([{ number: '1' }]);
      shown({ group: GROUP, what: 'dashboards see what is wrong', how: 'tiles and tables of the dashboards Cluster and Pod', result: `Containers stuck by name: ${TROUBLE}/crashes, CrashLoopBackOff; Killed for memory of ${TROUBLE}/hogs: 1` });
    });
  });
}
