import { expect } from 'chai';
import { dump } from 'js-yaml';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuleGroup } from '../../src/formats/prometheus/rule-group.ts';
import { EVERYTHING, rulesOf } from '../../src/testing/every-rule.ts';
import { runCommand } from '../support/kubectl.ts';
import { ensureTool } from '../support/tools.ts';

/** Kubernetes' own come in a table of their own. */
const GROUPS = rulesOf(EVERYTHING).filter(({ name }) => /^belfry\/(general|prometheus|alertmanager|node)/.test(name) && name !== 'belfry/node-problems');

const P = 'job="prometheus",namespace="shop",pod="p-0"';
const A = (pod: string) => `job="alertmanager",namespace="shop",pod="${pod}"`;
const N = 'job="node-exporter",instance="node-1"';
const FS = `${N},device="sda1",fstype="ext4",mountpoint="/"`;

interface Case {
  readonly alert: string;
  /** When it is looked for. */
  readonly at: string;
  /** Time between values, and between evaluations; default 1m. */
  readonly step?: string;
  /** Series in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  /** How many fire; default 1. */
  readonly count?: number;
}

const up = (from: number, to: number) => Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`up{job="api",namespace="shop",instance="${from + index}"}`, '1x60']));

const FIRES: readonly Case[] = [
  { alert: 'TargetDown', at: '15m', series: { ...up(1, 9), 'up{job="api",namespace="shop",instance="0"}': '0x60' } },
  { alert: 'Watchdog', at: '1m', series: {} },
  { alert: 'InfoInhibitor', at: '30m', series: { [`node_cpu_seconds_total{${N},cpu="0",mode="idle"}`]: '0x60' } },

  { alert: 'PrometheusBadConfig', at: '20m', series: { [`prometheus_config_last_reload_successful{${P}}`]: '0x60' } },
  { alert: 'PrometheusSDRefreshFailure', at: '40m', series: { [`prometheus_sd_refresh_failures_total{${P},mechanism="dns"}`]: '0+1x60' } },
  { alert: 'PrometheusKubernetesListWatchFailures', at: '30m', series: { [`prometheus_sd_kubernetes_failures_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusTargetSyncFailure', at: '20m', series: { [`prometheus_target_sync_failed_total{${P},scrape_job="a"}`]: '0+1x60' } },
  {
    alert: 'PrometheusNotIngestingSamples', at: '30m',
    series: { [`prometheus_tsdb_head_samples_appended_total{${P},type="float"}`]: '100x60', [`prometheus_target_metadata_cache_entries{${P},scrape_job="a"}`]: '10x60' },
  },
  { alert: 'PrometheusTSDBReloadsFailing', at: '8h', step: '10m', series: { [`prometheus_tsdb_reloads_failures_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusTSDBCompactionsFailing', at: '8h', step: '10m', series: { [`prometheus_tsdb_compactions_failed_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusDuplicateTimestamps', at: '20m', series: { [`prometheus_target_scrapes_sample_duplicate_timestamp_total{${P}}`]: '0+5x60' } },
  { alert: 'PrometheusOutOfOrderTimestamps', at: '20m', series: { [`prometheus_target_scrapes_sample_out_of_order_total{${P}}`]: '0+5x60' } },
  { alert: 'PrometheusTargetLimitHit', at: '25m', series: { [`prometheus_target_scrape_pool_exceeded_target_limit_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusLabelLimitHit', at: '25m', series: { [`prometheus_target_scrape_pool_exceeded_label_limits_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusScrapeBodySizeLimitHit', at: '25m', series: { [`prometheus_target_scrapes_exceeded_body_size_limit_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusScrapeSampleLimitHit', at: '25m', series: { [`prometheus_target_scrapes_exceeded_sample_limit_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusRuleFailures', at: '25m', series: { [`prometheus_rule_evaluation_failures_total{${P},rule_group="g"}`]: '0+1x60' } },
  { alert: 'PrometheusMissingRuleEvaluations', at: '25m', series: { [`prometheus_rule_group_iterations_missed_total{${P},rule_group="g"}`]: '0+1x60' } },
  { alert: 'PrometheusNotConnectedToAlertmanagers', at: '20m', series: { [`prometheus_notifications_alertmanagers_discovered{${P}}`]: '0x60' } },
  {
    alert: 'PrometheusErrorSendingAlertsToSomeAlertmanagers', at: '25m',
    series: {
      [`prometheus_notifications_errors_total{${P},alertmanager="a"}`]: '0+2x60', [`prometheus_notifications_sent_total{${P},alertmanager="a"}`]: '0+100x60',
      [`prometheus_notifications_errors_total{${P},alertmanager="b"}`]: '0x60', [`prometheus_notifications_sent_total{${P},alertmanager="b"}`]: '0+100x60',
    },
  },
  {
    alert: 'PrometheusErrorSendingAlertsToAnyAlertmanager', at: '25m',
    series: {
      [`prometheus_notifications_errors_total{${P},alertmanager="a"}`]: '0+9x60', [`prometheus_notifications_sent_total{${P},alertmanager="a"}`]: '0+100x60',
      [`prometheus_notifications_errors_total{${P},alertmanager="b"}`]: '0+5x60', [`prometheus_notifications_sent_total{${P},alertmanager="b"}`]: '0+100x60',
    },
  },
  {
    alert: 'PrometheusNotificationQueueRunningFull', at: '30m',
    series: { [`prometheus_notifications_queue_length{${P}}`]: '0+50x60', [`prometheus_notifications_queue_capacity{${P}}`]: '1000x60' },
  },
  {
    alert: 'PrometheusRemoteStorageFailures', at: '25m',
    series: { [`prometheus_remote_storage_samples_failed_total{${P},remote_name="r",url="u"}`]: '0+5x60', [`prometheus_remote_storage_samples_total{${P},remote_name="r",url="u"}`]: '0+100x60' },
  },
  {
    alert: 'PrometheusRemoteWriteBehind', at: '30m',
    series: {
      [`prometheus_remote_storage_highest_timestamp_in_seconds{${P}}`]: '1000+60x60',
      [`prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${P},remote_name="r",url="u"}`]: '800+60x60',
    },
  },

  {
    alert: 'PrometheusRemoteWriteDesiredShards', at: '30m',
    series: { [`prometheus_remote_storage_shards_desired{${P},remote_name="r",url="u"}`]: '60x60', [`prometheus_remote_storage_shards_max{${P},remote_name="r",url="u"}`]: '50x60' },
  },
  { alert: 'PrometheusHighQueryLoad', at: '30m', series: { [`prometheus_engine_queries{${P}}`]: '18x60', [`prometheus_engine_queries_concurrent_max{${P}}`]: '20x60' } },

  { alert: 'AlertmanagerFailedReload', at: '20m', series: { [`alertmanager_config_last_reload_successful{${A('a-0')}}`]: '0x60' } },
  {
    alert: 'AlertmanagerFailedToSendAlerts', at: '15m',
    series: {
      [`alertmanager_notifications_failed_total{${A('a-0')},integration="slack",reason="clientError"}`]: '0+5x60', [`alertmanager_notifications_total{${A('a-0')},integration="slack"}`]: '0+100x60',
      [`alertmanager_notifications_failed_total{${A('a-1')},integration="slack",reason="clientError"}`]: '0x60', [`alertmanager_notifications_total{${A('a-1')},integration="slack"}`]: '0+100x60',
    },
  },
  {
    alert: 'AlertmanagerClusterFailedToSendAlerts', at: '15m',
    series: {
      [`alertmanager_notifications_failed_total{${A('a-0')},integration="slack",reason="clientError"}`]: '0+5x60', [`alertmanager_notifications_total{${A('a-0')},integration="slack"}`]: '0+100x60',
      [`alertmanager_notifications_failed_total{${A('a-1')},integration="slack",reason="clientError"}`]: '0+5x60', [`alertmanager_notifications_total{${A('a-1')},integration="slack"}`]: '0+100x60',
    },
  },
  { alert: 'AlertmanagerMembersInconsistent', at: '30m', series: { [`alertmanager_cluster_members{${A('a-0')}}`]: '2x60', [`alertmanager_cluster_members{${A('a-1')}}`]: '1x60' } },
  { alert: 'AlertmanagerConfigInconsistent', at: '30m', series: { [`alertmanager_config_hash{${A('a-0')}}`]: '17x60', [`alertmanager_config_hash{${A('a-1')}}`]: '18x60' } },
  { alert: 'AlertmanagerClusterCrashlooping', at: '30m', series: { [`process_start_time_seconds{${A('a-0')}}`]: '0+60x60', [`process_start_time_seconds{${A('a-1')}}`]: '0x60' } },
  { alert: 'AlertmanagerClusterDown', at: '20m', series: { [`up{${A('a-0')}}`]: '1x60', [`up{${A('a-1')}}`]: '0x60' } },

  ...(['space', 'files'] as const).flatMap((what): Case[] => {
    const [left, of] = what === 'space' ? ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'] : ['node_filesystem_files_free', 'node_filesystem_files'];
    const readonly = { [`node_filesystem_readonly{${FS}}`]: '0x600', [`${of}{${FS}}`]: '1000x600' };
    const [filling, almost] = what === 'space' ? ['NodeFilesystemSpaceFillingUp', 'NodeFilesystemAlmostOutOfSpace'] : ['NodeFilesystemFilesFillingUp', 'NodeFilesystemAlmostOutOfFiles'];
    return [
      // Below 40 % from 8 h 20 m on, and a tenth of a percent gone each minute: empty within 24 h, and not within 4.
      { alert: filling, at: '10h', step: '10m', series: { ...readonly, [`${left}{${FS}}`]: '900-10x60' } },
      { alert: filling, at: '9h', step: '10m', count: 2, series: { ...readonly, [`${left}{${FS}}`]: '300-5x60' } },
      { alert: almost, at: '1h', series: { ...readonly, [`${left}{${FS}}`]: '40x600' } },
      { alert: almost, at: '1h', count: 2, series: { ...readonly, [`${left}{${FS}}`]: '20x600' } },
    ];
  }),
  { alert: 'NodeNetworkReceiveErrs', at: '90m', series: { [`node_network_receive_errs_total{${N},device="eth0"}`]: '0+5x200', [`node_network_receive_packets_total{${N},device="eth0"}`]: '0+100x200' } },
  { alert: 'NodeNetworkTransmitErrs', at: '90m', series: { [`node_network_transmit_errs_total{${N},device="eth0"}`]: '0+5x200', [`node_network_transmit_packets_total{${N},device="eth0"}`]: '0+100x200' } },
  { alert: 'NodeHighNumberConntrackEntriesUsed', at: '10m', series: { [`node_nf_conntrack_entries{${N}}`]: '80x60', [`node_nf_conntrack_entries_limit{${N}}`]: '100x60' } },
  { alert: 'NodeClockSkewDetected', at: '30m', series: { [`node_timex_offset_seconds{${N}}`]: '0.1+0.01x60' } },
  { alert: 'NodeClockNotSynchronising', at: '30m', series: { [`node_timex_sync_status{${N}}`]: '0x60', [`node_timex_maxerror_seconds{${N}}`]: '16x60' } },
  { alert: 'NodeCPUHighUsage', at: '40m', series: { [`node_cpu_seconds_total{${N},cpu="0",mode="idle"}`]: '0+1x60' } },
  { alert: 'NodeSystemSaturation', at: '30m', series: { [`node_load1{${N}}`]: '9x60', ...Object.fromEntries([0, 1].map((cpu) => [`node_cpu_seconds_total{${N},cpu="${cpu}",mode="idle"}`, '0+60x60'])) } },
  { alert: 'NodeMemoryHighUtilization', at: '30m', series: { [`node_memory_MemAvailable_bytes{${N}}`]: '5x60', [`node_memory_MemTotal_bytes{${N}}`]: '100x60' } },
  { alert: 'NodeDiskIOSaturation', at: '60m', series: { [`node_disk_io_time_weighted_seconds_total{${N},device="sda"}`]: '0+1200x60' } },
  { alert: 'NodeFileDescriptorLimit', at: '30m', series: { [`node_filefd_allocated{${N}}`]: '95x60', [`node_filefd_maximum{${N}}`]: '100x60' } },
  { alert: 'NodeRAIDDegraded', at: '30m', series: { [`node_md_disks_required{${N},device="md0"}`]: '2x60', [`node_md_disks{${N},device="md0",state="active"}`]: '1x60' } },
  { alert: 'NodeRAIDDiskFailure', at: '5m', series: { [`node_md_disks{${N},device="md0",state="failed"}`]: '1x60' } },
  { alert: 'NodeBondingDegraded', at: '20m', series: { [`node_bonding_slaves{${N},master="bond0"}`]: '2x60', [`node_bonding_active{${N},master="bond0"}`]: '1x60' } },
  { alert: 'NodeSystemdServiceFailed', at: '20m', series: { [`node_systemd_unit_state{${N},name="kubelet.service",state="failed"}`]: '1x60' } },
  { alert: 'NodeSystemdServiceCrashlooping', at: '30m', series: { [`node_systemd_service_restart_total{${N},name="kubelet.service"}`]: '0+1x60' } },
  { alert: 'NodeOOMKill', at: '20m', series: { [`node_vmstat_oom_kill{${N}}`]: '0+1x60' } },
  { alert: 'NodeTextFileCollectorScrapeError', at: '20m', series: { [`node_textfile_scrape_error{${N}}`]: '1x60' } },
  { alert: 'NodeNetworkInterfaceFlapping', at: '20m', series: { [`node_network_up{${N},device="eth0"}`]: '0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1' } },
];

/** A stack and a node that are well. */
const HEALTHY: Readonly<Record<string, string>> = {
  ...up(0, 10),
  [`prometheus_config_last_reload_successful{${P}}`]: '1x600',
  [`prometheus_tsdb_head_samples_appended_total{${P},type="float"}`]: '0+1000x600',
  [`prometheus_target_metadata_cache_entries{${P},scrape_job="a"}`]: '10x600',
  [`prometheus_notifications_alertmanagers_discovered{${P}}`]: '2x600',
  [`prometheus_notifications_errors_total{${P},alertmanager="a"}`]: '3x600',
  [`prometheus_notifications_sent_total{${P},alertmanager="a"}`]: '0+10x600',
  [`prometheus_remote_storage_highest_timestamp_in_seconds{${P}}`]: '1000+60x600',
  [`prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${P},remote_name="r",url="u"}`]: '990+60x600',
  ...Object.fromEntries(['a-0', 'a-1'].flatMap((pod) => [
    [`alertmanager_config_last_reload_successful{${A(pod)}}`, '1x600'],
    [`alertmanager_cluster_members{${A(pod)}}`, '2x600'],
    [`alertmanager_config_hash{${A(pod)}}`, '17x600'],
    [`up{${A(pod)}}`, '1x600'],
  ])),
  [`node_filesystem_readonly{${FS}}`]: '0x600',
  [`node_filesystem_size_bytes{${FS}}`]: '1000x600',
  [`node_filesystem_avail_bytes{${FS}}`]: '700-0.1x600',
  [`node_timex_offset_seconds{${N}}`]: '0.001x600',
  [`node_timex_sync_status{${N}}`]: '1x600',
  [`node_timex_maxerror_seconds{${N}}`]: '0.1x600',
  [`node_cpu_seconds_total{${N},cpu="0",mode="idle"}`]: '0+50x600',
  [`node_load1{${N}}`]: '0.4x600',
  [`node_memory_MemAvailable_bytes{${N}}`]: '50x600',
  [`node_memory_MemTotal_bytes{${N}}`]: '100x600',
  [`node_network_up{${N},device="eth0"}`]: '1x600',
  [`node_systemd_unit_state{${N},name="kubelet.service",state="failed"}`]: '0x600',
};

/** One test in promtool's words. */
interface RuleTest {
  readonly name: string;
  readonly step?: string;
  readonly series: Readonly<Record<string, string>>;
  readonly checks: readonly { readonly expr: string; readonly eval_time: string; readonly exp_samples: readonly object[] }[];
}

/** What promtool has against the tests; undefined where nothing. All of them have the same step. */
async function failures(groups: readonly RuleGroup[], tests: readonly RuleTest[]): Promise<string | undefined> {
  const promtool = await ensureTool('promtool');
  const directory = await mkdtemp(join(tmpdir(), 'belfry-rules-'));
  const step = tests[0]?.step ?? '1m';
  const written = tests.map(({ name, series, checks }) => ({
    name, interval: step, input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })), promql_expr_test: checks,
  }));
  try {
    await writeFile(join(directory, 'rules.yaml'), dump({ groups }, { noRefs: true }));
    await writeFile(join(directory, 'tests.yaml'), dump({ rule_files: ['rules.yaml'], evaluation_interval: step, tests: written }, { noRefs: true }));
    const { code, stdout, stderr } = await runCommand([promtool, 'test', 'rules', join(directory, 'tests.yaml')], { timeoutMs: 120_000 });
    return code === 0 ? undefined : stdout + stderr;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

describe('builtin rules, by promtool', function () {
  this.timeout(120_000);

  const firing = ({ alert, at, step = '1m', series, count = 1 }: Case): RuleTest => ({
    name: alert, step, series, checks: [{ expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`, eval_time: at, exp_samples: [{ value: count }] }],
  });

  for (const group of GROUPS.filter(({ rules }) => rules.some(({ alert }) => alert !== undefined))) {
    it(`every alert of ${group.name} fires when it should, as often as it should`, async () => {
      const cases = FIRES.filter(({ alert }) => group.rules.some((rule) => rule.alert === alert)).map(firing);
      // Records, which others build on, and the group alone: promtool evaluates all there is for every test.
      const needed = group.name === 'belfry/general' ? GROUPS : GROUPS.filter((other) => other === group || other.name.endsWith('-records'));
      for (const tests of Object.values(Object.groupBy(cases, ({ step = '1m' }) => step))) expect(await failures(needed, tests ?? []) ?? '').to.equal('');
    });
  }

  it('no alert fires while all is well, but for Watchdog', async () => {
    const exp_samples = [{ labels: '{alertname="Watchdog"}', value: 1 }];
    expect(await failures(GROUPS, [{ name: 'healthy', series: HEALTHY, checks: [{ expr: 'count by (alertname) (ALERTS{alertname!=""})', eval_time: '60m', exp_samples }] }])).to.equal(undefined);
  });

  it('has a case for every alert there is', () => {
    const tested = new Set(FIRES.map(({ alert }) => alert));
    const names = new Set(GROUPS.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])));
    expect([...names].filter((name) => !tested.has(name))).to.deep.equal([]);
  });

  it('the records are what their names say', async () => {
    const idle = `node_cpu_seconds_total{${N},cpu="0",mode="idle"}`;
    const series = { [idle]: '0+45x60', [idle.replace('cpu="0"', 'cpu="1"')]: '0+15x60', [`node_load1{${N}}`]: '4x60' };
    const at = (expr: string, value: number) => ({ expr, eval_time: '30m', exp_samples: [{ labels: `${expr}{instance="node-1",job="node-exporter"}`, value }] });
    const checks = [at('instance:node_num_cpu:sum', 2), at('instance:node_cpu_utilisation:rate5m', 0.5), at('instance:node_load1_per_cpu:ratio', 2)];
    expect(await failures(GROUPS, [{ name: 'records', series, checks }])).to.equal(undefined);
  });
});
