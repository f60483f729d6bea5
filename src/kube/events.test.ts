import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import type { EventNote } from './cluster.ts';
import { EventRecorder } from './events.ts';

const regarding = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'checkout', namespace: 'shop', uid: 'u-1' } };

function note(rest: Partial<EventNote> = {}): EventNote {
  return { regarding, type: 'Warning', reason: 'PortNameUnknown', message: 'none is called metrics', ...rest };
}

describe('kube/events', () => {
  let clock: FakeClock;
  let cluster: FakeCluster;
  let recorder: EventRecorder;
  const metrics = createMetrics({ process: false });

  const events = (): KubeObject[] => cluster.all('Event');
  const dropped = async (): Promise<number> => (await metrics.eventsDropped.get()).values[0]?.value ?? 0;

  beforeEach(() => {
    clock = new FakeClock();
    cluster = new FakeCluster();
    metrics.registry.resetMetrics();
    recorder = new EventRecorder(cluster, { clock, metrics, instance: 'pod-1' });
  });

  it('records who, what and why', async () => {
    recorder.record(note());
    await recorder.idle();
    const [event] = events();
    expect(event).to.deep.include({
      apiVersion: 'events.k8s.io/v1',
      type: 'Warning',
      reason: 'PortNameUnknown',
      note: 'none is called metrics',
      reportingController: 'belfry.dev/operator',
      reportingInstance: 'belfry-pod-1',
      eventTime: '2026-01-01T00:00:00.000000Z',
      regarding: { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', name: 'checkout', namespace: 'shop', uid: 'u-1' },
    });
    expect(event?.metadata.namespace).to.equal('shop');
    expect(event?.metadata.name).to.match(/^checkout\.[0-9a-f]{16}$/);
  });

  it('counts repeated ones in one Event, written at most once a minute', async () => {
    for (let second = 0; second < 300; second++) {
      recorder.record(note());
      await clock.advance(1000);
    }
    expect(events()).to.have.length(1);
    const [event = {} as KubeObject] = events();
    expect((event['series'] as { count: number }).count).to.be.within(240, 300);
    expect(cluster.writes.length).to.be.at.most(6);
  });

  it('begins a new one after a pause, and where the server forgot the old', async () => {
    recorder.record(note());
    await clock.advance(11 * 60_000);
    recorder.record(note());
    await recorder.idle();
    expect(events()).to.have.length(2);
    for (const event of events()) cluster.remove({ apiVersion: event.apiVersion, kind: 'Event', namespace: 'shop', name: event.metadata.name });
    await clock.advance(61_000);
    recorder.record(note());
    await recorder.idle();
    expect(events()).to.have.length(1);
  });

  it('lets no object flood the cluster', async () => {
    for (let i = 0; i < 100; i++) recorder.record(note({ message: `port ${i}` }));
    recorder.record(note({ regarding: { ...regarding, metadata: { name: 'other', namespace: 'shop', uid: 'u-2' } } }));
    await recorder.idle();
    expect(events()).to.have.length(26);
    expect(await dropped()).to.equal(75);
    await clock.advance(5 * 60_000);
    recorder.record(note({ message: 'later' }));
    await recorder.idle();
    expect(events()).to.have.length(27);
  });

  it('fails nobody: neither by throwing nor by waiting', async () => {
    cluster.fail(({ kind }) => kind === 'Event', 'forbidden');
    recorder.record(note());
    await recorder.idle();
    expect(await dropped()).to.equal(1);
    cluster = new FakeCluster();
    cluster.fail(({ kind }) => kind === 'Event', 'hang');
    const stuck = new EventRecorder(cluster, { clock, metrics });
    for (let i = 0; i < 1000; i++) stuck.record(note({ regarding: { ...regarding, metadata: { name: `n${i}`, uid: `u${i}` } } }));
    expect(cluster.calls.length).to.equal(100);
  });

  it('cuts what is too long for the API server, between two characters', async () => {
    recorder.record(note({ message: '\u4e16'.repeat(1000) }));
    await recorder.idle();
    const text = events()[0]?.['note'] as string;
    expect(Buffer.byteLength(text)).to.be.at.most(1024);
    expect(text).to.match(/^\u4e16+\.\.\.$/);
  });
});
