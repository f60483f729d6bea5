import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import operatorModule, { type OperatorLogger, type ResourceEvent, type ResourceMeta } from '@dot-i/k8s-operator';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Cluster, ResourceType } from './cluster.ts';
import { Informer } from './informer.ts';
import type { Change } from './object-cache.ts';

// The package is CommonJS: to an import its default export is a property.
const { default: Operator, ResourceEventType, ResourceMetaImpl } = operatorModule;

/** What runs within the frame. */
export interface Controller {
  /** Resolves when the caches are full and work has begun. */
  start(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export interface OperatorParts {
  readonly controller: Controller;
  /** The cluster that takes the place of the frame's own requests; the frame shares its kubeconfig. */
  readonly cluster: Cluster & { readonly kubeConfig: KubeConfig };
  readonly log: Logger;
}

/**
 * The frame with a kubeconfig of our choice. Its constructor loads the default one whatever the command line says, and there is
 * no other way in: the method that it calls is another while it runs, which is synchronous.
 */
abstract class Frame extends Operator {
  constructor(kubeConfig: KubeConfig, logger: OperatorLogger) {
    const { loadFromDefault } = KubeConfig.prototype;
    KubeConfig.prototype.loadFromDefault = function load(this: KubeConfig) {
      this.loadFromOptions(kubeConfig);
    };
    try {
      super(logger);
    } finally {
      KubeConfig.prototype.loadFromDefault = loadFromDefault;
    }
  }
}

/**
 * The operator in the frame of `@dot-i/k8s-operator`: `start` calls `init`, `init` starts the controller, `stop` ends it.
 * Whatever the frame would do on the network itself goes through our Cluster and Informer instead, method by method: its watch
 * ends the process on an error and misses deletions, and its writes lose their errors. docs/design/0001-operator-frame.md.
 */
export class BelfryOperator extends Frame {
  readonly #parts: OperatorParts;
  readonly #informers: Informer[] = [];

  constructor(parts: OperatorParts) {
    super(parts.cluster.kubeConfig, frameLogger(parts.log));
    this.#parts = parts;
  }

  /** Ends the controller and every watch; resolves when nothing is under way. */
  // oxlint-disable-next-line typescript/no-misused-promises -- the frame's stop waits for nothing; who calls ours can wait
  override async stop(): Promise<void> {
    super.stop();
    await this.#parts.controller.stop();
    await Promise.all(this.#informers.map((informer) => informer.stop()));
  }

  protected override async init(): Promise<void> {
    await this.#parts.controller.start();
  }

  /** Follows a resource by an informer; `onEvent` is told of one event at a time, deletions while we were away included. */
  protected override async watchResource(
    ...[group, version, plural, onEvent, namespace]: Parameters<InstanceType<typeof Operator>['watchResource']>
  ): Promise<void> {
    const { cluster, log } = this.#parts;
    const type = await this.#typeOf(group ? `${group}/${version}` : version, plural);
    let last: Promise<void> = Promise.resolve();
    const informer = new Informer(cluster, { type, log, ...(namespace === undefined ? {} : { options: { namespace } }) }, (change) => {
      last = last
        .then(() => onEvent(eventOf(plural, change)))
        .catch((error: unknown) => log.error('handler of an event failed', { resource: plural, error }));
    });
    this.#informers.push(informer);
    informer.start();
    await informer.synced;
  }

  /** Replaces the status; an error rejects instead of being lost in the log. */
  protected override async setResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta | null> {
    const stored = await this.#parts.cluster.writeStatus(refOfMeta(meta), status as object);
    return ResourceMetaImpl.createWithId(meta.id, stored as object);
  }

  /** A merge patch of a status keeps conditions that no longer hold: always replace the whole. */
  protected override patchResourceStatus(): Promise<never> {
    return Promise.reject(new Error('write the whole status with setResourceStatus'));
  }

  /** Guarded by the resource version, so that a finalizer that somebody else added meanwhile is not lost. */
  protected override async setResourceFinalizers(meta: ResourceMeta, finalizers: string[]): Promise<void> {
    await this.#parts.cluster.patchMetadata(refOfMeta(meta), { finalizers, resourceVersion: meta.resourceVersion });
  }

  /** The frame would send the definition through client-node's models, which drop fields they do not know. */
  protected override registerCustomResourceDefinition(): Promise<never> {
    return Promise.reject(new Error('definitions are installed with `belfry install`, never by the operator'));
  }

  async #typeOf(apiVersion: string, plural: string): Promise<ResourceType> {
    const types = await this.#parts.cluster.resourceTypes(apiVersion);
    const type = types.find((candidate) => candidate.plural === plural);
    if (!type) throw new Error(`the server has no ${plural} in ${apiVersion}`);
    return type;
  }
}

function eventOf(plural: string, change: Change): ResourceEvent {
  const object = (change.new ?? change.old) as KubeObject;
  // A copy of the finalizers: the frame's handleResourceFinalizer pushes into the list that it is given.
  const { finalizers } = object.metadata;
  const copy = { ...object, metadata: { ...object.metadata, ...(finalizers ? { finalizers: [...finalizers] } : {}) } } as object;
  const type = !change.new ? ResourceEventType.Deleted : change.old ? ResourceEventType.Modified : ResourceEventType.Added;
  return { meta: ResourceMetaImpl.createWithPlural(plural, copy), object: copy, type };
}

function refOfMeta({ apiVersion, kind, namespace, name }: ResourceMeta): ObjectRef {
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}

/** Our log has three levels on purpose; what the frame warns of is worth an error line. */
function frameLogger(log: Logger): OperatorLogger {
  return {
    debug: (message) => log.debug(message),
    info: (message) => log.info(message),
    warn: (message) => log.error(message),
    error: (message) => log.error(message),
  };
}
