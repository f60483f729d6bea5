import { expect } from 'chai';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { ResourceEvent } from '@dot-i/k8s-operator';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { FINALIZER } from '../api/group.ts';
import { refOf, type KubeObject } from '../api/kube-object.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import * as frameDependencies from './frame-dependencies.ts';
import { BelfryOperator, type Controller } from './operator.ts';

function kubeConfig(server = 'https://one.example:6443'): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'c', server, skipTLSVerify: false }, { name: 'u', token: 't' });
  return config;
}

const stack: KubeObject = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'shop', namespace: 'shop' }, spec: {} };

const flush = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** An operator written as the frame's own documentation shows it: watch, finalize, write the status. */
class Classic extends BelfryOperator {
  readonly events: string[] = [];
  readonly deleted: string[] = [];

  protected override async init(): Promise<void> {
    await this.watchResource('belfry.dev', 'v1alpha1', 'monitoringstacks', (event) => this.onEvent(event));
  }

  private async onEvent(event: ResourceEvent): Promise<void> {
    this.events.push(`${event.type} ${event.meta.name}`);
    const done = await this.handleResourceFinalizer(event, FINALIZER, (gone) => {
      this.deleted.push(gone.meta.name);
      return Promise.resolve();
    });
    if (!done && event.type !== 'DELETED') await this.setResourceStatus(event.meta, { observedGeneration: event.object.metadata?.generation });
  }
}

describe('kube/operator', () => {
  let cluster: FakeCluster & { kubeConfig: KubeConfig };
  let log: string[];
  const controller: Controller = {
    start: () => Promise.resolve(void log.push('started')),
    stop: () => Promise.resolve(void log.push('stopped')),
  };

  beforeEach(() => {
    log = [];
    cluster = Object.assign(new FakeCluster([stack]), { kubeConfig: kubeConfig() });
  });

  it('starts and stops the controller in the frame', async () => {
    const operator = new BelfryOperator({ controller, cluster, log: silentLog });
    await operator.start();
    await operator.stop();
    expect(log).to.deep.equal(['started', 'stopped']);
  });

  it('shares the kubeconfig of the cluster with the frame, whatever KUBECONFIG says', () => {
    const before = process.env['KUBECONFIG'];
    process.env['KUBECONFIG'] = '/nowhere';
    try {
      const original = KubeConfig.prototype.loadFromDefault;
      const operator = new BelfryOperator({ controller, cluster, log: silentLog }) as unknown as { kubeConfig: KubeConfig };
      expect(operator.kubeConfig.getCurrentCluster()?.server).to.equal('https://one.example:6443');
      expect(KubeConfig.prototype.loadFromDefault).to.equal(original);
    } finally {
      if (before === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = before;
    }
  });

  it('serves an operator written by the book: finalizer set, status written, finalizer let go', async () => {
    const operator = new Classic({ controller, cluster, log: silentLog });
    await operator.start();
    await flush();
    expect(cluster.get(refOf(stack))?.metadata.finalizers).to.deep.equal([FINALIZER]);
    expect(cluster.get(refOf(stack))?.['status']).to.deep.equal({ observedGeneration: 1 });
    cluster.remove(refOf(stack));
    await flush();
    expect(operator.deleted).to.deep.equal(['shop']);
    expect(cluster.get(refOf(stack))).to.equal(undefined);
    expect(operator.events[0]).to.equal('ADDED shop');
    expect(operator.events.at(-1)).to.equal('DELETED shop');
    await operator.stop();
    expect(cluster.openWatches).to.equal(0);
  });

  it('does not end the process when a watch breaks, and hears of what was deleted meanwhile', async () => {
    const operator = new Classic({ controller, cluster, log: silentLog });
    await operator.start();
    await flush();
    const heal = cluster.fail(({ verb }) => verb === 'watch', 'server', 1);
    cluster.dropWatches('server');
    cluster.edit(refOf(stack), (object) => ({ ...object, metadata: { ...object.metadata, finalizers: [] } }));
    cluster.remove(refOf(stack));
    heal();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(operator.events.at(-1)).to.equal('DELETED shop');
    await operator.stop();
  });

  it('refuses what would go through the generated classes', async () => {
    const operator = new BelfryOperator({ controller, cluster, log: silentLog }) as unknown as Record<string, () => Promise<unknown>>;
    for (const method of ['registerCustomResourceDefinition', 'patchResourceStatus']) {
      const message = await operator[method]?.().then(() => 'done', (error: Error) => error.message);
      expect(message).to.match(/belfry install|setResourceStatus/);
    }
  });

  it('has in the bundle everything that the frame asks for', async () => {
    const source = await readFile(createRequire(import.meta.url).resolve('@dot-i/k8s-operator'), 'utf8');
    const asked = new Set([...source.matchAll(/(?<!\.)\b(?:k8s|client_node_1|gaxios_1)\.(\w+)/g)].map(([, name]) => name));
    expect([...asked]).to.include.members(['KubeConfig', 'instance']);
    expect([...asked].filter((name) => !((name ?? '') in frameDependencies))).to.deep.equal([]);
  });
});
