/** A receiver of Alertmanager's webhooks that remembers what came. */
import { createServer } from 'node:http';
import { waitFor, type WaitOptions } from './wait-for.ts';

/** One alert inside a notification. */
export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly fingerprint: string;
}

/** One POST of Alertmanager (its webhook format, version 4). */
export interface Notification {
  /** The path that was posted to: one server stands in for many receivers. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly NotifiedAlert[];
}

/** A running receiver. */
export interface Webhook {
  /** `http://address:port`; any path below it is fine. */
  readonly url: string;
  /** All that came, oldest first. */
  readonly notifications: readonly Notification[];
  /** What came with another method, or was no JSON: `POST /x: …`. */
  readonly refused: readonly string[];
  /** The first alert, of all that came or will come, that fits. */
  alert(what: string, fits: (alert: NotifiedAlert, notification: Notification) => boolean, options?: WaitOptions): Promise<NotifiedAlert>;
  /** From now on answers with this status code, for instance 500; undefined brings 200 back. */
  failWith(status: number | undefined): void;
  stop(): Promise<void>;
}

/** Starts a receiver on a free port of `address` (default 127.0.0.1). */
export async function startWebhook({ address = '127.0.0.1', port = 0 }: { address?: string; port?: number } = {}): Promise<Webhook> {
  const notifications: Notification[] = [];
  const refused: string[] = [];
  let failure: number | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const parsed = request.method === 'POST' ? parseNotification(body) : undefined;
      if (parsed === undefined) refused.push(`${request.method} ${request.url}: ${body.slice(0, 200)}`);
      else if (failure === undefined) notifications.push({ ...parsed, path: request.url ?? '/', headers: request.headers });
      response.statusCode = parsed === undefined ? 400 : failure ?? 200;
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  const bound = server.address();
  return {
    url: `http://${address}:${typeof bound === 'object' && bound !== null ? bound.port : port}`,
    notifications,
    refused,
    alert: (what, fits, options) => waitFor(what, (seen) => {
      seen(notifications.flatMap((each) => each.alerts.map((alert) => ({ receiver: each.receiver, status: alert.status, labels: alert.labels }))));
      return notifications.flatMap((each) => each.alerts.filter((alert) => fits(alert, each)))[0];
    }, options),
    failWith(status) {
      failure = status;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function parseNotification(body: string): Omit<Notification, 'path' | 'headers'> | undefined {
  try {
    const value = JSON.parse(body) as Omit<Notification, 'path' | 'headers'>;
    return Array.isArray(value.alerts) ? value : undefined;
  } catch {
    return undefined; // recorded as refused
  }
}
