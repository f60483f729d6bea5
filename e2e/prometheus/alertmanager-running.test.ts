import { expect } from 'chai';
import { load } from 'js-yaml';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SilenceSpec } from '../../src/api/alert-policy.ts';
import { configHash } from '../../src/formats/alertmanager/config-hash.ts';
import type { AlertmanagerConfig } from '../../src/formats/alertmanager/config.ts';
import { routesFor } from '../../src/formats/alertmanager/route.ts';
import { planSilences, type AlertmanagerSilence, type NewSilence } from '../../src/render/alert-policy/silences.ts';
import { startAlertmanager, type RunningAlertmanager } from '../support/alertmanager.ts';

const GOLDENS = `${import.meta.dirname}/../../src/render/alert-policy/testdata/alertmanager`;
const DAY_MS = 24 * 3600 * 1000;

describe('prometheus: Alertmanager on what is rendered', function () {
  this.timeout(120_000);

  const dir = mkdtempSync(join(tmpdir(), 'belfry-alertmanager-test-'));
  const configFile = join(dir, 'alertmanager.yaml');
  let alertmanager: RunningAlertmanager;

  // Certificates are only looked at when a config is loaded for good, so the stand-ins for them will not do.
  const goldens = readdirSync(GOLDENS).filter((file) => file.endsWith('.out.yaml'));
  const textOf = (file: string): string => readFileSync(`${GOLDENS}/${file}`, 'utf8').replace(/^ +(ca|cert|key): "http:.*\n/gm, '');

  before(async () => {
    writeFileSync(configFile, textOf('nothing-but-defaults.out.yaml'));
    alertmanager = await startAlertmanager({ configFile });
  });
  after(async () => {
    await alertmanager.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  for (const file of goldens) {
    it(`loads ${file} and shows the hash that we expect of it`, async () => {
      writeFileSync(configFile, textOf(file));
      await alertmanager.reload();
      const metrics = await (await fetch(`${alertmanager.url}/metrics`)).text();
      expect(Number(/^alertmanager_config_hash (\S+)$/m.exec(metrics)?.[1])).to.equal(configHash(textOf(file)));
    });
  }

  it('tells those whom we say it tells', async () => {
    const text = textOf('several-policies-in-one-namespace.out.yaml');
    writeFileSync(configFile, text);
    await alertmanager.reload();
    const config = load(text) as AlertmanagerConfig;
    const values = { namespace: ['shop', 'pay', 'other'], severity: ['critical', 'warning', 'info'], team: ['basket', 'checkout', 'x'], alertname: ['A', 'Watchdog'] };
    const alerts = values.namespace.flatMap((namespace) => values.severity.flatMap((severity) => values.team.flatMap((team) =>
      values.alertname.map((alertname) => ({ namespace, severity, team, alertname })))));
    await alertmanager.send(alerts.map((labels) => ({ labels })));
    const reported = await alertmanager.alerts();
    expect(reported).to.have.length(alerts.length);
    for (const { labels, receivers } of reported) {
      expect(receivers.map(({ name }) => name), JSON.stringify(labels)).to.deep.equal(routesFor(config, labels).map(({ receiver }) => receiver));
    }
  });

  describe('silences', () => {
    const stack = { metadata: { name: 'shop', namespace: 'shop' } };
    const at = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
    const wanted = (silences: readonly SilenceSpec[]) => silences.map((silence) => ({ owner: 'AlertPolicy/shop/checkout', silence }));
    const live = async (): Promise<AlertmanagerSilence[]> => await (await fetch(`${alertmanager.url}/api/v2/silences`)).json() as AlertmanagerSilence[];
    const plan = async (silences: readonly SilenceSpec[]) => planSilences({ stack, wanted: wanted(silences), live: await live(), now: new Date() });
    const create = async (silence: NewSilence): Promise<void> => {
      const answer = await fetch(`${alertmanager.url}/api/v2/silences`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(silence) });
      expect(answer.status, await answer.text()).to.equal(200);
    };

    const running = { matchers: ['namespace="shop"', 'alertname=~"A|B"'], start: at(-1), end: at(1), comment: 'move' };
    const pending = { matchers: ['namespace="shop"', 'pod!="x"'], start: at(1), end: at(2) };
    const over = { matchers: ['a="b"'], start: at(-2), end: at(-1) };

    it('are created once, and what is over is not', async () => {
      const first = await plan([running, pending, over]);
      expect(first.create).to.have.length(2);
      for (const silence of first.create) await create(silence);
      expect(await plan([running, pending, over])).to.deep.equal({ create: [], expire: [] });
    });

    it('are replaced where they changed, and ended where nobody asks for them any more; those of people stay', async () => {
      await create({ matchers: [{ name: 'x', value: 'y', isRegex: false, isEqual: true }], startsAt: at(0), endsAt: at(1), createdBy: 'ada', comment: '' });
      const changed = await plan([{ ...running, end: at(3) }]);
      expect(changed.create).to.have.length(1);
      expect(changed.expire).to.have.length(2);
      for (const id of changed.expire) await fetch(`${alertmanager.url}/api/v2/silence/${id}`, { method: 'DELETE' });
      for (const silence of changed.create) await create(silence);
      const states = (await live()).map(({ createdBy, status }) => `${createdBy} ${status.state}`).sort();
      expect(states).to.deep.equal(['ada active', 'belfry/shop/shop/shop/checkout active', 'belfry/shop/shop/shop/checkout expired', 'belfry/shop/shop/shop/checkout expired']);
    });
  });
});
