import { parser } from '@prometheus-io/lezer-promql';
import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVERYTHING, rulesOf } from '../../src/testing/every-rule.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import { expectOk } from '../support/expect-ok.ts';
import { freePorts, startProgram } from '../support/process.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { ensureTool } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';

/** Of what runs here; the rest have a test of their own. */
const RULES = rulesOf(EVERYTHING).filter(({ name }) => /^belfry\/(general|prometheus|alertmanager|node)/.test(name) && name !== 'belfry/node-problems');

/** Series that a program has only with the hardware, the load or the faults that they tell of: read in its source, not seen here. */
const NOT_HERE = /^node_(md|bonding|systemd|nf_conntrack|pressure|network_up|vmstat|filesystem|disk|filefd)|^prometheus_(target_sync_failed|notifications_(errors|sent)_total)|^alertmanager_notifications_failed/;
/** Series that Prometheus makes itself, and those that our own rules record. */
const MADE = /^(ALERTS|up|scrape_.*|.*:.*)$/;

/** Names of the series that a PromQL expression asks for. */
function metricNames(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(expr.slice(from, to));
    },
  });
  return names;
}

describe('builtin rules on real programs', function () {
  this.timeout(60_000);
  let stop: () => Promise<void>;
  let answers: (expr: string) => Promise<number>;
  let exposed: Set<string>;

  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'belfry-metrics-'));
    await writeFile(join(directory, 'alertmanager.yml'), 'route: { receiver: none }\nreceivers: [{ name: none }]\n');
    const [nodePort = 0, clusterPort = 0] = await freePorts(2);
    const alertmanager = await startAlertmanager({ configFile: join(directory, 'alertmanager.yml'), args: [`--cluster.listen-address=127.0.0.1:${clusterPort}`] });
    const node = await startProgram({
      name: 'node_exporter', command: [await ensureTool('node_exporter'), `--web.listen-address=127.0.0.1:${nodePort}`],
      logFile: join(directory, 'node.log'), ready: () => expectOk(`http://127.0.0.1:${nodePort}/`),
    });
    const config = (self: string) => JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.json'],
      remote_write: [{ url: 'http://127.0.0.1:1/' }],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
      scrape_configs: [{ job_name: 'discovered', http_sd_configs: [{ url: 'http://127.0.0.1:1/' }] }, ...[['prometheus', self], ['alertmanager', new URL(alertmanager.url).host], ['node-exporter', `127.0.0.1:${nodePort}`]].map(([job, address]) => ({
        job_name: job, static_configs: [{ targets: [address], labels: { namespace: 'shop', pod: `${job}-0` } }],
      }))],
    });
    await writeFile(join(directory, 'prometheus.yml'), config('127.0.0.1:1'));
    await writeFile(join(directory, 'rules.json'), JSON.stringify({ groups: RULES }));
    const prometheus = await startPrometheus({ configDir: directory });
    await writeFile(join(directory, 'prometheus.yml'), config(new URL(prometheus.url).host));
    await prometheus.reload();
    answers = async (expr) => (await prometheus.query(expr)).length;
    await waitFor('three targets to be up', async () => (await answers('up == 1')) === 3, { timeoutMs: 30_000 });
    exposed = new Set(await prometheus.api<string[]>('/label/__name__/values'));
    stop = async () => {
      await Promise.all([prometheus.stop(), alertmanager.stop(), node.stop()]);
      await rm(directory, { recursive: true, force: true });
    };
  });

  after(() => stop?.());

  it('asks only for series that the programs have', () => {
    const rules = RULES.flatMap(({ rules: all }) => all.map(({ expr }) => expr));
    const names = new Set(rules.flatMap(metricNames));
    expect(names.size).to.be.greaterThan(40);
    expect([...names].filter((name) => !exposed.has(name) && !NOT_HERE.test(name) && !MADE.test(name)).sort()).to.deep.equal([]);
  });

  it('compares the queue of alerts with its capacity, whatever labels a release gives the two', async () => {
    const { expr = '' } = RULES.flatMap(({ rules }) => rules).find((rule) => rule.alert === 'PrometheusNotificationQueueRunningFull') ?? {};
    expect(expr).to.include(' > ');
    await waitFor('both sides to meet', async () => (await answers(expr.replace(' > ', ' <= '))) === 1, { timeoutMs: 30_000 });
  });

  it('has rules that evaluate on real series without an error', async () => {
    await waitFor('an evaluation', async () => (await answers('ALERTS{alertname="Watchdog",alertstate="firing"}')) === 1, { timeoutMs: 30_000 });
    expect(await answers('prometheus_rule_evaluation_failures_total > 0')).to.equal(0);
  });
});
