import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { connect } from '../kube/client.ts';
import { EventRecorder } from '../kube/events.ts';
import { Lease } from '../kube/lease.ts';
import { BelfryOperator } from '../kube/operator.ts';
import { Controller } from '../reconcile/controller.ts';
import { createLog, type Logger, type LogLevel } from '../telemetry/log.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { startServer } from '../telemetry/server.ts';
import type { CommandIo, GlobalOptions } from './command-io.ts';
import { OPERATOR_NAMESPACE } from './install-defaults.ts';

export interface RunOptions extends GlobalOptions {
  /** `host:port` of /metrics, /healthz and /readyz. */
  readonly metricsAddress: string;
  readonly leaderElect: boolean;
  readonly logLevel: LogLevel;
  /** Default: straight in the cluster, through the API server with a kubeconfig, for pods' addresses mean nothing outside. */
  readonly podAccess?: 'direct' | 'proxy';
}

/** Runs the operator until the process is told to end. Exits with 1 when leadership is lost: another leads then. */
export async function runCommand(options: RunOptions, io: CommandIo): Promise<number> {
  const log = createLog({ level: options.logLevel });
  const metrics = createMetrics();
  const cluster = await connect({
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    ...(options.context === undefined ? {} : { context: options.context }),
    podAccess: options.podAccess ?? (options.kubeconfig === undefined ? 'direct' : 'proxy'),
    onAttempt: ({ verb, resource, code, tookMs }) => {
      metrics.apiRequests.inc({ verb, resource, code });
      metrics.apiRequestDuration.observe({ verb }, tookMs / 1000);
    },
  });
  return new Run(options, { cluster, log, metrics }, io).untilTheEnd();
}

interface Parts {
  readonly cluster: Awaited<ReturnType<typeof connect>>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

class Run {
  readonly #options: RunOptions;
  readonly #parts: Parts;
  readonly #io: CommandIo;
  readonly #namespace: string;

  constructor(options: RunOptions, parts: Parts, io: CommandIo) {
    this.#options = options;
    this.#parts = parts;
    this.#io = io;
    this.#namespace = options.namespace ?? process.env['POD_NAMESPACE'] ?? OPERATOR_NAMESPACE;
  }

  async untilTheEnd(): Promise<number> {
    const { cluster, log, metrics } = this.#parts;
    const events = new EventRecorder(cluster, { log, metrics });
    const controller = new Controller({ cluster, operatorNamespace: this.#namespace, log, metrics, events, newPassword: () => randomBytes(18).toString('base64url') });
    let unready: string | undefined = 'starting';
    const server = await startServer({ address: this.#options.metricsAddress, registry: metrics.registry, unreadiness: () => unready ?? controller.unreadiness() });
    log.info('belfry runs', { namespace: this.#namespace, metrics: this.#options.metricsAddress });

    const lost = Promise.withResolvers<number>();
    const lease = this.#options.leaderElect ? this.#contend(() => lost.resolve(1)) : undefined;
    const ended = new Promise<number>((resolve) => {
      if (this.#io.signal.aborted) resolve(0);
      this.#io.signal.addEventListener('abort', () => resolve(0), { once: true });
    });
    const operator = new BelfryOperator({ controller, cluster, log });
    const working = this.#whenLeading(lease).then(async () => {
      metrics.leader.set(1);
      await operator.start();
      unready = undefined;
    });
    // A replica that stands by is ready: it can take over at any moment.
    if (lease) unready = undefined;
    const code = await Promise.race([ended, lost.promise, working.then(() => ended)]);
    metrics.leader.set(0);
    await operator.stop();
    await lease?.stop();
    await events.stop();
    await server.stop();
    cluster.close();
    log.info('belfry ended', { code });
    return code;
  }

  #contend(onLost: () => void): Lease {
    const { cluster, log } = this.#parts;
    const identity = `${process.env['POD_NAME'] ?? hostname()}_${randomBytes(4).toString('hex')}`;
    const lease = new Lease(cluster, { namespace: this.#namespace, name: 'belfry', identity, log }, onLost);
    lease.start();
    return lease;
  }

  async #whenLeading(lease: Lease | undefined): Promise<void> {
    await lease?.acquired;
  }
}
