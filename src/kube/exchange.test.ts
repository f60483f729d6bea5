import { expect } from 'chai';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { exchangeText } from './exchange.ts';
import { isKubeError } from './errors.ts';

describe('kube/exchange', () => {
  let server: Server;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    // Accepts, and says nothing: a load balancer without a backend, a machine that froze.
    server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = async (protocol: string): Promise<unknown> => exchangeText({
    request: 'GET /x', url: new URL(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/x`), options: { method: 'GET', agent: false }, timeoutMs: 400, connectMs: 40,
  }).catch((error: unknown) => error);

  it('gives up a connection that never comes to be, long before an answer would be late', async () => {
    const error = await ask('https');
    expect(isKubeError(error, 'unreachable') && error.message).to.equal('GET /x: no connection within 40 ms');
  });

  it('waits for an answer where the connection is there', async () => {
    const error = await ask('http');
    expect(isKubeError(error, 'timeout') && error.message).to.equal('GET /x: no answer within 400 ms');
  });
});
