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
import { BELFRY_VERSION } from './version.ts';

export interface RunOptions extends GlobalOptions {
  /** `host:port` of /metrics, /healthz and /readyz. */
  readonly metricsAddress: string;
  readonly leaderElect: boolean;
  readonly logLevel: LogLevel;
  /** Default: straight in the cluster, through the API server with a kubeconfig, for pods' addresses mean nothing outside. */
  readonly podAccess?: 'direct' | 'proxy';
}

/** Runs the operator until the process is told to end. A replica that loses the lead stands by and contends again. */
export async function runCommand(options: RunOptions, io: CommandIo): Promise<number> {
  const log = createLog({ level: options.logLevel });
  const metrics = createMetrics({ version: BELFRY_VERSION });
  let lease: Lease | undefined;
  const cluster = await connect({
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    ...(options.context === undefined ? {} : { context: options.context }),
    podAccess: options.podAccess ?? (options.kubeconfig === undefined ? 'direct' : 'proxy'),
    onAttempt: ({ verb, resource, code, tookMs }) => {
      metrics.apiRequests.inc({ verb, resource, code });
      metrics.apiRequestDuration.observe({ verb }, tookMs / 1000);
    },
    mayWrite: () => !options.leaderElect || lease?.mayWrite === true,
  });
  return new Run(options, { cluster, log, metrics, contend: (next) => (lease = next) }, io).untilTheEnd();
}

interface Parts {
  readonly cluster: Awaited<ReturnType<typeof connect>>;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Told of the lease that decides who may write. */
  readonly contend: (lease: Lease) => void;
}

class Run {
  readonly #options: RunOptions;
  readonly #parts: Parts;
  readonly #io: CommandIo;
  readonly #namespace: string;
  readonly #events: EventRecorder;
  readonly #identity = `${process.env['POD_NAME'] ?? hostname()}_${randomBytes(4).toString('hex')}`;
  #unreadiness: () => string | undefined = () => 'starting';
  #unhealthiness: () => string | undefined = () => undefined;

  constructor(options: RunOptions, parts: Parts, io: CommandIo) {
    this.#options = options;
    this.#parts = parts;
    this.#io = io;
    this.#namespace = options.namespace ?? process.env['POD_NAMESPACE'] ?? OPERATOR_NAMESPACE;
    this.#events = new EventRecorder(parts.cluster, { log: parts.log, metrics: parts.metrics });
  }

  async untilTheEnd(): Promise<number> {
    const { cluster, log, metrics } = this.#parts;
    const { signal } = this.#io;
    const server = await startServer({ address: this.#options.metricsAddress, registry: metrics.registry, unreadiness: () => this.#unreadiness(), unhealthiness: () => this.#unhealthiness() });
    log.info('belfry runs', { namespace: this.#namespace, metrics: this.#options.metricsAddress });
    while (!signal.aborted) await this.#term();
    await this.#events.stop();
    await server.stop();
    cluster.close();
    log.info('belfry ended');
    return 0;
  }

  /** Waits for the lead where there is an election, and works until it is lost or the process is told to end. */
  async #term(): Promise<void> {
    const { metrics } = this.#parts;
    const lost = Promise.withResolvers<void>();
    const ended = Promise.race([lost.promise, aborted(this.#io.signal)]);
    const lease = this.#options.leaderElect ? this.#contend(lost.resolve) : undefined;
    await Promise.race([lease?.acquired, ended]);
    const leads = lease ? lease.isLeader : !this.#io.signal.aborted;
    if (leads) {
      metrics.leader.set(1);
      await this.#lead(ended);
      metrics.leader.set(0);
    }
    await lease?.stop();
  }

  async #lead(ended: Promise<void>): Promise<void> {
    const { cluster, log, metrics } = this.#parts;
    const controller = new Controller({ cluster, operatorNamespace: this.#namespace, log, metrics, events: this.#events, newPassword: () => randomBytes(18).toString('base64url') });
    const operator = new BelfryOperator({ controller, cluster, log });
    this.#unreadiness = () => 'the caches are not full yet';
    this.#unhealthiness = () => controller.unhealthiness();
    const started = operator.start().then(() => {
      this.#unreadiness = () => controller.unreadiness();
    });
    await Promise.race([started.then(() => ended), ended]);
    // Who was told to end finishes what is under way; who lost the lead must not, and cannot wait for it either.
    if (!this.#io.signal.aborted) cluster.close();
    await operator.stop();
    this.#unhealthiness = () => undefined;
    metrics.watchObjects(() => []);
    metrics.watchLastWords(() => []);
  }

  #contend(onLost: () => void): Lease {
    const { cluster, log, contend } = this.#parts;
    const lease = new Lease(cluster, { namespace: this.#namespace, name: 'belfry', identity: this.#identity, log }, onLost);
    contend(lease);
    // A replica that stands by is ready: it can take over at any moment.
    this.#unreadiness = () => undefined;
    lease.start();
    return lease;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
