import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { WatchLag } from './watch-lag.ts';

describe('reconcile/watch-lag', () => {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'prometheus-shop' };
  const version = (resourceVersion: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'prometheus-shop', resourceVersion } });

  function begin(): { readonly clock: FakeClock; readonly lag: WatchLag; readonly lags: number[] } {
    const clock = new FakeClock();
    const lags: number[] = [];
    return { clock, lags, lag: new WatchLag(clock, (lagMs) => lags.push(lagMs)) };
  }

  it('counts from the answer of a write until a watch tells of it, once', async () => {
    const { clock, lag, lags } = begin();
    lag.written(ref, '5');
    await clock.advance(20);
    lag.told(version('4'));
    await clock.advance(20);
    lag.told(version('5'));
    await clock.advance(20);
    lag.told(version('5'));
    expect(lags).to.deep.equal([40]);
  });

  it('takes no event of later for that of a write that was told of before its answer came, or that changed nothing', async () => {
    const { clock, lag, lags } = begin();
    lag.told(version('5'));
    lag.written(ref, '5');
    await clock.advance(60_000);
    lag.told(version('6'));
    expect(lags).to.deep.equal([]);
  });
});
