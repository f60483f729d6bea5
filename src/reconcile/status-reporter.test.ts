import { expect } from 'chai';
import { keyOf, refOf, type KubeObject } from '../api/kube-object.ts';
import { EventRecorder } from '../kube/events.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import { aTarget } from '../testing/build.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import type { StatusFacts } from './status-facts.ts';
import { StatusReporter } from './status-reporter.ts';

describe('reconcile/status-reporter', () => {
  it('looks again at who waits as soon as a replica confirmed something, whoever\'s change that was', async () => {
    const clock = new FakeClock();
    const target = aTarget() as unknown as KubeObject;
    const cluster = new FakeCluster([target], { now: () => clock.now() });
    let confirmed = false;
    const ofTarget: StatusFacts['ofTarget'] = (_key, latest, now) => ({
      target: latest, generation: 1, rejections: [], duplicates: [], now, health: { known: false, up: 0, down: 0, errors: [] } as never,
      stacks: [{ namespace: 'shop', name: 'shop', jobs: [], live: { confirmed, since: now } as never }],
    });
    const latest = () => cluster.all('ScrapeTarget')[0];
    const reporter = new StatusReporter({ cluster, clock, log: silentLog, events: new EventRecorder(cluster, { clock }), facts: { ofTarget } as unknown as StatusFacts, latest });
    const live = () => (latest()?.['status'] as { conditions: { type: string; status: string }[] } | undefined)?.conditions.find(({ type }) => type === 'Live')?.status;
    reporter.start();
    reporter.touch('ScrapeTarget', keyOf(target));
    await clock.advance(500);
    expect(live()).to.equal('Unknown');

    confirmed = true;
    reporter.touchWaiting();
    await clock.advance(500);
    expect(live()).to.equal('True');

    // Who waits no more is left in peace.
    confirmed = false;
    reporter.touchWaiting();
    await clock.advance(500);
    expect(live()).to.equal('True');
    await Promise.all([reporter.stop(), clock.advance(1)]);
  });

  for (const fault of [undefined, 'lostAnswer'] as const) {
    it(`is not taken in by a watch that has not shown its last write yet${fault ? ', whose answer was lost' : ''}`, async () => {
      const clock = new FakeClock();
      const target = aTarget() as unknown as KubeObject;
      const cluster = new FakeCluster([target], { now: () => clock.now() });
      let isValid = true;
      const ofTarget: StatusFacts['ofTarget'] = (_key, latest, now) => ({
        target: latest, generation: 1, rejections: isValid ? [] : [{ object: refOf(target), path: 'spec', reason: 'Invalid', message: 'no' }], duplicates: [], now, health: { known: false, up: 0, down: 0, errors: [] } as never,
        stacks: [{ namespace: 'shop', name: 'shop', jobs: [], live: { confirmed: true, since: now } as never }],
      });
      const stored = () => cluster.all('ScrapeTarget')[0];
      let shown = stored();
      const reporter = new StatusReporter({ cluster, clock, log: silentLog, events: new EventRecorder(cluster, { clock }), facts: { ofTarget } as unknown as StatusFacts, latest: () => shown });
      const accepted = () => (stored()?.['status'] as { conditions: { type: string; status: string }[] } | undefined)?.conditions.find(({ type }) => type === 'Accepted')?.status;
      reporter.start();
      reporter.touch('ScrapeTarget', keyOf(target));
      await clock.advance(500);
      shown = stored();
      expect(accepted()).to.equal('True');

      // Not any more, and then again: what was stored in between must not stay.
      isValid = false;
      if (fault) cluster.fail(({ verb }) => verb === 'writeStatus', fault, 1);
      reporter.touch('ScrapeTarget', keyOf(target));
      await clock.advance(100);
      expect(accepted()).to.equal('False');
      isValid = true;
      reporter.touch('ScrapeTarget', keyOf(target));
      await clock.advance(1_000);
      if (!fault) shown = stored();
      await clock.advance(3_000);
      expect(accepted()).to.equal('True');
      await Promise.all([reporter.stop(), clock.advance(1)]);
    });
  }
});
