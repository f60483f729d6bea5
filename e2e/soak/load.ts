import { refOf, type KubeObject, type ObjectRef } from '../../src/api/kube-object.ts';
import type { Client } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/errors.ts';

export const NAMESPACE = 'soak';
const API = 'belfry.dev/v1alpha1';

/** What users have and do: resources that come, change and go, some of them broken, each change by itself. */
export class Load {
  /** Changes that the API server took. */
  changes = 0;
  /** Changes that it did not answer or turned away: it is down now and then. */
  refused = 0;
  readonly #client: Client;
  readonly #size: number;
  readonly #random: () => number;
  #next = 0;

  constructor(client: Client, size: number, random: () => number) {
    this.#client = client;
    this.#size = size;
    this.#random = random;
  }

  /** Creates all there is to begin with. */
  async begin(): Promise<void> {
    await this.#client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await this.#client.apply(secret('token', 'first'));
    await this.#client.apply({ apiVersion: API, kind: 'MonitoringStack', metadata: { name: 'soak', namespace: NAMESPACE }, spec: { grafana: { enabled: false } } });
    const numbers = Array.from({ length: this.#size }, (_, index) => index);
    for (let at = 0; at < numbers.length; at += 20) await Promise.all(numbers.slice(at, at + 20).map((index) => this.#client.apply(target(index, 1))));
    for (let index = 0; index < this.#size / 20; index++) await this.#client.apply(policy(index, 1));
  }

  /** Does one thing; never rejects for what the API server answers. */
  async change(): Promise<void> {
    try {
      await this.#change();
      this.changes += 1;
    } catch (error) {
      if (!isKubeError(error)) throw error;
      this.refused += 1;
    }
  }

  async #change(): Promise<unknown> {
    const dice = this.#random();
    const index = Math.floor(this.#random() * this.#size);
    const version = ++this.#next;
    if (dice < 0.6) return this.#client.apply(target(index, version), { force: true });
    if (dice < 0.7) return this.#client.delete(refOf(target(index, version)), {});
    if (dice < 0.8) return this.#client.apply(policy(Math.floor(index / 20), version), { force: true });
    // One that is broken is deleted before it is mended: what once was good and is not any more would stay with its last good version.
    if (dice < 0.87) return this.#replace(broken(index));
    if (dice < 0.92) return this.#client.delete(refOf(broken(index)), {});
    if (dice < 0.96) return this.#client.apply(secret('token', `value-${version}`), { force: true });
    return this.#meddle();
  }

  async #replace(object: KubeObject): Promise<void> {
    await this.#client.delete(refOf(object), {});
    await this.#client.apply(object, { force: true });
  }

  /** Takes away one of the operator's own objects, which has to come back. */
  #meddle(): Promise<boolean> {
    const bucket = String(Math.floor(this.#random() * 64)).padStart(2, '0');
    const ref: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: `prometheus-soak-config-${bucket}` };
    return this.#client.delete(ref, {});
  }
}

function target(index: number, version: number): KubeObject {
  const auth = index % 10 === 0 ? { auth: { bearerToken: { name: 'token', key: 'value' } } } : {};
  return {
    apiVersion: API, kind: 'ScrapeTarget', metadata: { name: `app-${index}`, namespace: NAMESPACE },
    spec: { pod: { matchLabels: { app: `app-${index}` } }, endpoints: [{ port: 8080, interval: `${15 + (version % 30)}s`, ...auth }], labels: { version: `v${version}` } },
  };
}

function broken(index: number): KubeObject {
  return {
    apiVersion: API, kind: 'ScrapeTarget', metadata: { name: `broken-${index % 50}`, namespace: NAMESPACE },
    spec: { pod: {}, endpoints: [{ relabel: [{ action: 'keep', sourceLabels: ['a'], regex: '(' }] }] },
  };
}

function policy(index: number, version: number): KubeObject {
  return {
    apiVersion: API, kind: 'AlertPolicy', metadata: { name: `app-${index}`, namespace: NAMESPACE },
    spec: {
      alerts: [{ alert: 'Down', expr: `up{job="app-${index}"} < ${version}`, for: '5m', labels: { severity: 'critical' } }],
      receivers: [{ name: 'team', webhook: { url: `http://pager.example/${version}` } }], routes: [{ receiver: 'team', matchers: ['severity="critical"'] }],
    },
  };
}

function secret(name: string, value: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE }, data: { value: Buffer.from(value).toString('base64') } };
}
