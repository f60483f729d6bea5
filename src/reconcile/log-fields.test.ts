import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import type { KubeObject } from '../api/kube-object.ts';
import { createLog } from '../telemetry/log.ts';
import { aStack, aTarget } from '../testing/build.ts';
import { OperatorWorld } from '../testing/operator-world.ts';
import { resourceFields } from './log-fields.ts';

describe('reconcile/log-fields', () => {
  it('takes a key apart', () => {
    expect(resourceFields('ScrapeTarget', 'shop/checkout')).to.deep.equal({ kind: 'ScrapeTarget', namespace: 'shop', name: 'checkout' });
  });

  it('are on every line about a resource, with the number of the pass where there is one', async () => {
    const stream = new PassThrough();
    const world = new OperatorWorld([aStack(), aTarget()] as unknown as KubeObject[], { log: createLog({ level: 'debug', stream }) });
    world.cluster.fail(({ verb, kind }) => verb === 'apply' && kind === 'ConfigMap', 'server', 3);
    world.cluster.fail(({ verb, kind }) => verb === 'writeStatus' && kind === 'ScrapeTarget', 'server', 1);
    await world.start();
    await world.clock.advance(5_000);
    await world.stop();
    const lines = String(stream.read()).split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
    const passes = lines.filter(({ message }) => message === 'stack reconciled');
    expect(passes.length).to.be.greaterThan(1);
    expect(passes[0]).to.include({ kind: 'MonitoringStack', namespace: 'shop', name: 'shop', pass: 1 });
    expect(passes[1]).to.include({ pass: 2 });
    const failed = lines.find(({ message }) => message === 'status could not be written');
    expect(failed).to.include({ kind: 'ScrapeTarget', namespace: 'shop', name: 'checkout' });
  });
});
