import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { KubeError } from '../kube/errors.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { parseAddress, startServer } from './server.ts';

describe('telemetry/log', () => {
  const written = async (write: (log: ReturnType<typeof createLog>) => void, level: 'info' | 'debug' | 'error' = 'info'): Promise<Record<string, unknown>[]> => {
    const stream = new PassThrough();
    write(createLog({ level, stream }));
    await new Promise((resolve) => setImmediate(resolve));
    return String(stream.read() ?? '').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('writes one JSON object a line: message, level, time, fields', async () => {
    const [line, ...rest] = await written((log) => log.info('stack applied', { stack: 'shop/main', created: 2 }));
    expect(rest).to.deep.equal([]);
    expect(line).to.include({ level: 'info', message: 'stack applied', stack: 'shop/main', created: 2 });
    expect(Date.parse(String(line?.['timestamp']))).to.be.a('number').and.not.NaN;
  });

  it('writes no more than its level', async () => {
    const all = (log: ReturnType<typeof createLog>): void => {
      log.debug('d');
      log.info('i');
      log.error('e');
    };
    expect((await written(all)).map(({ message }) => message)).to.deep.equal(['i', 'e']);
    expect((await written(all, 'debug')).length).to.equal(3);
    expect((await written(all, 'error')).length).to.equal(1);
  });

  it('gives its fields to its children', async () => {
    const [line] = await written((log) => log.child({ stack: 'a' }).child({ step: 1 }).info('m', { x: 'y' }));
    expect(line).to.include({ stack: 'a', step: 1, x: 'y' });
  });

  it('writes what an error from outside is, without a stack', async () => {
    const cause = new Error('ECONNREFUSED');
    const error = new KubeError({ kind: 'unreachable', request: 'GET /x', message: 'GET /x: ECONNREFUSED', cause });
    const [line] = await written((log) => log.error('watch failed', { error }));
    expect(line?.['message']).to.equal('watch failed');
    expect(line?.['error']).to.deep.equal({ name: 'KubeError', kind: 'unreachable', request: 'GET /x', message: 'GET /x: ECONNREFUSED', causes: [], cause: 'ECONNREFUSED' });
  });

  it('writes where a bug is, and where its cause is', async () => {
    const [line] = await written((log) => log.error('work failed', { error: new TypeError('outer', { cause: new RangeError('inner') }) }));
    const { name, stack, cause } = (line ?? {})['error'] as { name: string; stack: string; cause: { name: string; stack: string } };
    expect([name, cause.name]).to.deep.equal(['TypeError', 'RangeError']);
    expect(stack).to.contain('telemetry.test');
    expect(cause.stack).to.contain('telemetry.test');
  });
});

describe('telemetry/server', () => {
  it('serves metrics, and says whether it is alive and ready', async () => {
    const metrics = createMetrics({ version: '1.2.3' });
    metrics.watchQueue({ depth: 7, oldestAgeMs: () => 0 });
    metrics.watchQueue({ depth: 3, oldestAgeMs: () => 1500 });
    let rejected = 2;
    metrics.watchObjects(() => [{ kind: 'ScrapeTarget', state: 'rejected', count: rejected }]);
    metrics.watchLastWords(() => [{ of: 'shop/web-1/app', words: 'cannot open "the ledger"' }]);
    metrics.reconcileTotal.inc({ outcome: 'success' });
    let unready: string | undefined = 'caches are not full';
    const server = await startServer({ address: '127.0.0.1:0', registry: metrics.registry, unreadiness: () => unready });
    const get = async (path: string, method = 'GET'): Promise<[number, string]> => {
      const response = await fetch(server.url + path, { method });
      return [response.status, await response.text()];
    };
    expect(await get('/readyz')).to.deep.equal([503, 'caches are not full\n']);
    unready = undefined;
    expect(await get('/readyz?verbose')).to.deep.equal([200, 'ok\n']);
    expect(await get('/healthz')).to.deep.equal([200, 'ok\n']);
    const [status, text] = await get('/metrics');
    expect(status).to.equal(200);
    expect(text).to.contain('belfry_queue_depth 3\n').and.contain('belfry_queue_oldest_seconds 1.5\n');
    expect(text).to.contain('belfry_reconcile_total{outcome="success"} 1\n').and.contain('process_resident_memory_bytes');
    expect(text).to.contain('belfry_container_last_words{of="shop/web-1/app",words="cannot open \\\"the ledger\\\""} 1\n');
    expect(text).to.contain('belfry_objects{kind="ScrapeTarget",state="rejected"} 2\n').and.match(/^belfry_build_info\{version="1.2.3",node="v\d/m);
    rejected = 1;
    expect((await get('/metrics'))[1]).to.contain('belfry_objects{kind="ScrapeTarget",state="rejected"} 1\n');
    expect((await get('/other'))[0]).to.equal(404);
    expect((await get('/metrics', 'POST'))[0]).to.equal(405);
    await server.stop();
  });

  it('rejects where the address is taken', async () => {
    const options = { registry: createMetrics({ process: false }).registry, unreadiness: () => undefined };
    const first = await startServer({ address: '127.0.0.1:0', ...options });
    const message = await startServer({ address: first.url.replace('http://', ''), ...options }).then(() => 'started', (error: Error) => error.message);
    expect(message).to.contain('EADDRINUSE');
    await first.stop();
  });

  it('reads addresses of all forms', () => {
    expect(parseAddress('127.0.0.1:9464')).to.deep.equal({ host: '127.0.0.1', port: 9464 });
    expect(parseAddress(':9464')).to.deep.equal({ host: undefined, port: 9464 });
    expect(parseAddress('[::1]:80')).to.deep.equal({ host: '::1', port: 80 });
    for (const wrong of ['9464', 'host', 'a:b', ':99999', '::1:80']) expect(() => parseAddress(wrong), wrong).to.throw('should be like');
  });

  it('has metrics that Prometheus would call well named', async () => {
    for (const { name, help, type } of await createMetrics().registry.getMetricsAsJSON()) {
      const isOurs = !/^(process|nodejs)_/.test(name);
      if (isOurs) expect(name).to.match(/^belfry_[a-z_]+$/);
      if (isOurs) expect(help).to.match(/\.$/);
      expect(String(type) === 'counter', name).to.equal(name.endsWith('_total'));
    }
  });
});
