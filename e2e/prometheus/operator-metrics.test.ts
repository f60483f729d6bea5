import { spawn } from 'node:child_process';
import { expect } from 'chai';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startServer } from '../../src/telemetry/server.ts';
import { aPolicy, aStack, aTarget } from '../../src/testing/build.ts';
import { OperatorWorld } from '../../src/testing/operator-world.ts';
import { ensureTool } from '../support/tools.ts';

const POLICY_WITH_MISTAKE = aPolicy('bad', { alerts: [{ alert: 'Down', expr: 'up ==' }] });

/** What promtool has against metrics as a scrape would get them. */
async function complaints(text: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(await ensureTool('promtool'), ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stdin.end(text);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

describe('the metrics of an operator that works', function () {
  this.timeout(60_000);

  it('are named as Prometheus wants them, and say what the operator does', async () => {
    const metrics = createMetrics({ version: '1.2.3' });
    const world = new OperatorWorld([aStack(), aTarget(), aTarget('worse', { pod: {}, endpoints: [{ relabel: [{ action: 'keep', regex: '(' }] }] }), aPolicy(), POLICY_WITH_MISTAKE] as unknown as KubeObject[], { metrics });
    await world.start();
    await world.clock.advance(5_000);
    world.cluster.fail(({ verb }) => verb === 'apply', 'server', 2);
    world.cluster.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'prometheus-shop' });
    world.cluster.dropWatches('unreachable');
    await world.clock.advance(60_000);
    const server = await startServer({ address: '127.0.0.1:0', registry: metrics.registry, unreadiness: () => undefined });
    try {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      expect(await complaints(text)).to.deep.equal({ code: 0, output: '' });
      for (const line of [
        /^belfry_objects\{kind="ScrapeTarget",state="rejected"\} 1$/m, /^belfry_objects\{kind="AlertPolicy",state="rejected"\} 1$/m, /^belfry_objects\{kind="MonitoringStack",state="accepted"\} 1$/m,
        /^belfry_reconcile_total\{outcome="success"\} [1-9]/m, /^belfry_reconcile_total\{outcome="retry"\} [1-9]/m, /^belfry_reconcile_stage_duration_seconds_count\{stage="render"\} [1-9]/m,
        /^belfry_writes_total\{kind="ConfigMap",operation="created"\} [1-9]/m, /^belfry_writes_total\{kind="\w+",operation="failed"\} [1-9]/m, /^belfry_watch_lag_seconds_count [1-9]/m,
        /^belfry_watch_restarts_total\{resource="pods",reason="error"\} [1-9]/m, /^belfry_config_bytes\{stack="shop\/shop"\} [1-9]/m,
        /^belfry_config_unconfirmed_since_timestamp_seconds\{stack="shop\/shop"\} [1-9]/m, /^belfry_build_info\{version="1.2.3",node="v\d/m, /^belfry_queue_depth 0$/m, /^# TYPE belfry_watch_missed_events_total counter$/m,
      ]) expect(text).to.match(line);
    } finally {
      await server.stop();
      await world.stop();
    }
  });
});
