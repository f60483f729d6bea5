/**
 * What the fault scenarios share: a control plane with its controllers, a stand-in for the kubelet, the operator behind a proxy
 * that can break, one stack with two Prometheus and one Alertmanager, and things beside it that are none of the operator's
 * business. Started once for all files of the suite.
 */
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after } from 'mocha';
import { keyOf, refOf, type KubeObject, type ObjectRef } from '../../src/api/kube-object.ts';
import { connect, type Client } from '../../src/kube/client.ts';
import { isOwned } from '../../src/diff/plan.ts';
import { resourceType } from '../../src/kube/resource-types.ts';
import { inParallel } from '../../src/reconcile/in-parallel.ts';
import { OWNED_KINDS } from '../../src/render/owned-kinds.ts';
import { readAuditLog, writes, type AuditEntry } from '../support/audit-log.ts';
import { createCertificate } from '../support/certificates.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { crdsEstablished } from '../support/crds.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { kubectlOk, runCommand } from '../support/kubectl.ts';
import { startKubeletStandIn, type KubeletStandIn } from '../support/kubelet-stand-in.ts';
import { FROM_BUNDLE, startOperator, type OperatorOptions, type RunningOperator } from '../support/operator.ts';
import { waitFor } from '../support/wait-for.ts';

export const NAMESPACE = 'shop';
const STACK: ObjectRef = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', namespace: NAMESPACE, name: 'shop' };

const ADMISSION = 'admissionregistration.k8s.io/v1';

/** What tests make and take away again, unless they fail. */
const LEFTOVERS: readonly ObjectRef[] = [
  { apiVersion: ADMISSION, kind: 'MutatingWebhookConfiguration', name: 'mutation' },
  { apiVersion: ADMISSION, kind: 'ValidatingWebhookConfiguration', name: 'dead' },
  { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicyBinding', name: 'no-config' },
  { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicy', name: 'no-config' },
  { ...STACK, namespace: 'beside', name: 'monitoring' },
  ...['killed', 'wide', 'fleeting', 'team'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', name })),
];

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** A status as far as the scenarios look at it. */
export interface SeenStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly drift?: readonly { readonly object: string; readonly path: string; readonly manager: string; readonly yielded?: boolean }[];
  readonly up?: number;
  readonly down?: number;
}

let started: Promise<World> | undefined;

/** The world, started where it is not yet. */
export function sharedWorld(): Promise<World> {
  started ??= World.start();
  return started;
}

// At the root, so that it runs after the last file.
after(async () => {
  await (await started?.catch(() => undefined))?.stop();
});

/** The parts, and what every scenario does with them. */
export class World {
  readonly plane: ControlPlane;
  readonly kubelet: KubeletStandIn;
  readonly proxy: FaultProxy;
  /** An administrator's way to the API server, which no fault touches. */
  readonly admin: Client;
  /** Another controller, with the field manager `autoscaler`. */
  readonly scaler: Client;
  /** Address of something that can be scraped. */
  readonly scraped: string;
  #operator: RunningOperator | undefined;
  #operatorPid = 0;
  #nonce = 0;
  #changing: Promise<void> = Promise.resolve();
  /** Nothing happened since all was well. */
  #isCalm = false;
  #bystanders: readonly KubeObject[] = [];
  readonly #ends: (() => Promise<void> | void)[] = [];

  private constructor(parts: Pick<World, 'plane' | 'kubelet' | 'proxy' | 'admin' | 'scaler' | 'scraped'>) {
    ({ plane: this.plane, kubelet: this.kubelet, proxy: this.proxy, admin: this.admin, scaler: this.scaler, scraped: this.scraped } = parts);
  }

  static async start(): Promise<World> {
    // With BELFRY_FAULTS_DIR logs and data stay there, in a folder for each process.
    const kept = process.env['BELFRY_FAULTS_DIR'];
    const plane = await startControlPlane({ withControllers: true, audit: true, ...(kept ? { dir: join(kept, String(process.pid)) } : {}) });
    const ends: (() => Promise<void> | void)[] = [() => plane.stop()];
    try {
      const admin = await connect({ kubeconfig: plane.kubeconfig, fieldManager: 'kubectl' });
      const scaler = await connect({ kubeconfig: plane.kubeconfig, fieldManager: 'autoscaler' });
      ends.unshift(() => {
        admin.close();
        scaler.close();
      });
      await install(plane);
      const kubelet = await startKubeletStandIn(plane);
      ends.unshift(() => kubelet.stop());
      const proxy = await startFaultProxy(plane, { user: 'belfry', groups: ['belfry:operators'] });
      ends.unshift(() => proxy.stop());
      const page = createServer((_, response) => response.setHeader('content-type', 'text/plain; version=0.0.4').end('a 1\n'));
      await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
      ends.unshift(() => {
        page.closeAllConnections();
        page.close();
      });
      const world = new World({ plane, kubelet, proxy, admin, scaler, scraped: `127.0.0.1:${(page.address() as AddressInfo).port}` });
      world.#ends.push(...ends);
      await world.#populate();
      return world;
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#operator?.program.stop();
    for (const end of this.#ends) await end();
  }

  get operator(): RunningOperator {
    if (!this.#operator) throw new Error('no operator runs');
    return this.#operator;
  }

  /** Starts the operator behind the proxy; from now on it must not end by itself. */
  async startOperator(options: Partial<OperatorOptions> = {}): Promise<void> {
    this.#operator = await startOperator({ kubeconfig: this.proxy.kubeconfig, dir: this.plane.dir, podAccess: 'direct', ...options });
    this.#operatorPid = this.#operator.program.pid();
  }

  async stopOperator(): Promise<void> {
    await this.#operator?.program.stop();
    this.#operator = undefined;
  }

  /** Makes sure that an operator runs and all is well, whatever became of the test before. */
  async ensureCalm(): Promise<void> {
    const isCalm = this.#isCalm && this.#operator?.program.isRunning();
    this.#isCalm = false;
    await this.proxy.heal();
    if (isCalm) return;
    await this.stopOperator();
    await this.#repair();
    await this.startOperator();
    await this.change();
    await this.converged(60_000);
    this.#isCalm = false;
  }

  /** Makes sure that all is well and no operator runs: a test brings its own. */
  async ensureNoOperator(): Promise<void> {
    if (!this.#isCalm) await this.ensureCalm();
    this.#isCalm = false;
    await this.proxy.heal();
    await this.stopOperator();
  }

  /** Takes back what a test that failed has left broken, or lying about. */
  async #repair(): Promise<void> {
    for (const program of [this.plane.etcd, this.plane.apiserver]) {
      if (program.isRunning()) program.resume();
      else await program.start();
    }
    this.kubelet.heal();
    for (const ref of LEFTOVERS) await this.admin.delete(ref, {});
    for (const prefix of ['load-', 'busy-']) await this.deleteTargets(prefix);
  }

  /** As `kubectl apply --server-side` by somebody else. */
  async apply(object: object): Promise<KubeObject> {
    return this.admin.apply(object as KubeObject, { force: true });
  }

  read(ref: Omit<ObjectRef, 'namespace'> & { readonly namespace?: string }): Promise<KubeObject | undefined> {
    return this.admin.read({ namespace: NAMESPACE, ...ref });
  }

  /** A merge patch by `kubectl`, as somebody does by hand. */
  async meddle(object: KubeObject, patch: object): Promise<void> {
    const { kind, metadata: { namespace, name } } = object;
    await kubectlOk(this.plane.kubeconfig, ['patch', kind, name, ...(namespace === undefined ? [] : ['-n', namespace]), '--type=merge', '-p', JSON.stringify(patch)]);
  }

  /** The Events about a stack. */
  async events(name: string): Promise<readonly { readonly reason: string; readonly note: string }[]> {
    const { items } = await this.admin.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', namespaced: true }, { namespace: NAMESPACE });
    const all = items as unknown as readonly { readonly reason: string; readonly note: string; readonly regarding: { readonly kind: string; readonly name: string } }[];
    return all.filter(({ regarding }) => regarding.kind === STACK.kind && regarding.name === name);
  }

  /** Compacts etcd up to now: no watch can begin before. */
  async compact(): Promise<void> {
    const { metadata } = await this.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'compaction', namespace: 'default' }, data: { at: String(Date.now()) } });
    const response = await fetch(`${this.plane.etcdUrl}/v3/kv/compaction`, { method: 'POST', body: JSON.stringify({ revision: metadata.resourceVersion, physical: true }) });
    if (!response.ok) throw new Error(`etcd answered ${response.status}: ${await response.text()}`);
  }

  /** A webhook that changes every object of ours as it is written: an annotation on all, another image on Deployments. */
  async startMutation(): Promise<() => Promise<void>> {
    const pair = await createCertificate(this.plane.authority, join(this.plane.dir, 'pki'), 'webhook', { user: 'webhook', hosts: ['127.0.0.1'] });
    const [cert, key, ca] = await Promise.all([pair.cert, pair.key, this.plane.authority.cert].map((file) => readFile(file)));
    const server = createTlsServer({ cert: cert as Buffer, key: key as Buffer }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { request: { uid: string; object: KubeObject } };
        const patch = Buffer.from(JSON.stringify(mutation(review.request.object))).toString('base64');
        response.setHeader('content-type', 'application/json').end(JSON.stringify({
          apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: review.request.uid, allowed: true, patchType: 'JSONPatch', patch },
        }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'mutation' },
      webhooks: [{
        name: 'mutation.example.test', sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Fail', timeoutSeconds: 5,
        clientConfig: { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, caBundle: (ca as Buffer).toString('base64') },
        objectSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'belfry' } },
        rules: [{ apiGroups: ['', 'apps', 'networking.k8s.io'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps', 'secrets', 'services', 'deployments', 'networkpolicies'] }],
      }],
    };
    await this.apply(configuration);
    return async () => {
      await this.admin.delete({ apiVersion: configuration.apiVersion, kind: configuration.kind, name: 'mutation' }, {});
      await new Promise((resolve) => setTimeout(resolve, 1_500)); // the API server learns of it by a watch
      server.closeAllConnections();
      server.close();
    };
  }

  /** The status of one of our resources in the namespace of the stack. */
  async status(kind: 'MonitoringStack' | 'ScrapeTarget' | 'AlertPolicy', name: string, namespace = NAMESPACE): Promise<SeenStatus> {
    return ((await this.admin.read({ apiVersion: 'belfry.dev/v1alpha1', kind, namespace, name }))?.['status'] ?? {}) as SeenStatus;
  }

  /** One condition of a resource, once it is as `fits` wants it. */
  async condition(kind: 'MonitoringStack' | 'ScrapeTarget' | 'AlertPolicy', name: string, type: string, fits: (condition: Condition) => boolean, timeoutMs = 30_000): Promise<Condition> {
    return waitFor(`${type} of ${kind} ${name}`, async (seen) => {
      const condition = (await this.status(kind, name)).conditions?.find((one) => one.type === type);
      seen(condition);
      return condition && fits(condition) ? condition : undefined;
    }, { timeoutMs });
  }

  /** A change by a user: another value of a label that all targets of `probe` carry. Not through the proxy. */
  change(): Promise<void> {
    // In turn: of two that are under way at once the older might come last, and nobody would want what is live.
    this.#changing = this.#changing.catch(() => undefined).then(async () => {
      this.#nonce += 1;
      await this.apply(scrapeTarget('probe', { static: { targets: [this.scraped] }, labels: { nonce: String(this.#nonce) } }));
    });
    return this.#changing;
  }

  /**
   * Waits until what the users want is true everywhere: in every Prometheus, in the statuses, and in every object
   * (`belfry diff` finds none that differs). Then checks that nothing beside was touched, and that the operator is the one
   * that was started. Answers with how long it took, in ms.
   */
  async converged(timeoutMs = 30_000): Promise<number> {
    const tookMs = await this.live(timeoutMs);
    await waitFor('no object to differ', (seen) => this.#hasNoDifference(seen), { timeoutMs, intervalMs: 500 });
    await this.expectIntact();
    this.#isCalm = true;
    return tookMs;
  }

  /** The same without a look at the objects. */
  async live(timeoutMs = 30_000): Promise<number> {
    const begun = performance.now();
    await waitFor('the change to be live in every Prometheus', (seen) => this.#isLoaded(seen), { timeoutMs });
    await waitFor('the statuses to say so', (seen) => this.#isSaid(seen), { timeoutMs });
    return performance.now() - begun;
  }

  /** Nothing that is not ours was changed or deleted, and the operator was not restarted. */
  async expectIntact(): Promise<void> {
    for (const { metadata, ...rest } of this.#bystanders) {
      const now = await this.admin.read({ apiVersion: rest.apiVersion, kind: rest.kind, name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) });
      expect(now?.metadata.resourceVersion, `${rest.kind} ${metadata.name} of somebody else`).to.equal(metadata.resourceVersion);
    }
    if (this.#operator) expect(this.#operator.program.pid(), 'the operator was not restarted').to.equal(this.#operatorPid);
  }

  /** Everything that anybody asked of the API server, oldest first. */
  audit(): Promise<AuditEntry[]> {
    return readAuditLog(this.plane.auditLog ?? '');
  }

  /** What the operator wrote since, Leases and Events left out, oldest first. */
  async writesSince(sinceMs: number, user = this.proxy.user): Promise<AuditEntry[]> {
    return writes(await this.audit(), { user }).filter(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp) >= sinceMs);
  }

  /** What the operator was refused in all of its lives so far, and never allowed: `verb resource`. Expected to be nothing. */
  async refused(): Promise<string[]> {
    const decided = (await this.audit()).filter(({ user }) => user.username.startsWith('belfry')).map(({ verb, objectRef, annotations }) => ({
      what: `${verb} ${[objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/')}`, decision: annotations?.['authorization.k8s.io/decision'],
    }));
    // An API server that has just begun refuses for a moment what it allows later: it does not know its roles yet.
    const allowed = new Set(decided.filter(({ decision }) => decision === 'allow').map(({ what }) => what));
    expect(allowed.size, 'kinds of requests that were allowed').to.be.greaterThan(20);
    return [...new Set(decided.filter(({ what, decision }) => decision === 'forbid' && !allowed.has(what)).map(({ what }) => what))];
  }

  /** All objects of a stack, pods and what controllers make left out. */
  async children(namespace = NAMESPACE, stack = 'shop'): Promise<KubeObject[]> {
    const uid = (await this.admin.read({ ...STACK, namespace, name: stack }))?.metadata.uid ?? '';
    return (await this.labelled(stack)).filter(({ metadata }) => isOwned(metadata, uid));
  }

  /** All objects with the labels of a stack, whoever made them. */
  async labelled(stack: string): Promise<KubeObject[]> {
    const lists = await Promise.all(OWNED_KINDS.map(([apiVersion, kind]) =>
      this.admin.list(resourceType(apiVersion, kind), { labelSelector: `app.kubernetes.io/managed-by=belfry,belfry.dev/stack=${stack}` })));
    return lists.flatMap(({ items }) => items);
  }

  /** Rejects where `belfry diff` finds a difference in a namespace. */
  async diffIsEmpty(namespace: string): Promise<void> {
    await waitFor('no object to differ', (seen) => this.#hasNoDifference(seen, namespace), { timeoutMs: 15_000, intervalMs: 500 });
  }

  /** Deletes the ScrapeTargets whose names begin like this. */
  async deleteTargets(prefix: string): Promise<void> {
    const { items } = await this.admin.list({ apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', plural: 'scrapetargets', namespaced: true }, { namespace: NAMESPACE, metadataOnly: true });
    await inParallel(items.filter(({ metadata }) => metadata.name.startsWith(prefix)), 8, async (item) => {
      await this.admin.delete(refOf(item), {});
    });
  }

  async #populate(): Promise<void> {
    for (const name of [NAMESPACE, 'beside']) await this.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    this.#bystanders = await Promise.all(bystanders().map((object) => this.apply(object)));
    await this.apply({
      apiVersion: STACK.apiVersion, kind: STACK.kind, metadata: { name: 'shop', namespace: NAMESPACE },
      spec: {
        prometheus: { replicas: 2, scrape: { interval: '1s', timeout: '1s' }, evaluationInterval: '1s' },
        alertmanager: { defaultReceiver: { webhook: { url: `http://${this.scraped}/` } } },
      },
    });
    await this.apply(scrapeTarget('steady', { static: { targets: [this.scraped] } }));
    await this.change();
  }

  async #isLoaded(seen: (value: unknown) => void): Promise<boolean> {
    const pods = this.kubelet.pods('prometheus', `${NAMESPACE}/`);
    const nonces = await Promise.all(pods.map(({ url }) => nonceAt(url)));
    seen({ wanted: this.#nonce, nonces });
    return nonces.length === 2 && nonces.every((nonce) => nonce === String(this.#nonce));
  }

  async #isSaid(seen: (value: unknown) => void): Promise<boolean> {
    const stack = await this.read(STACK);
    const probe = await this.read({ apiVersion: STACK.apiVersion, kind: 'ScrapeTarget', name: 'probe' });
    const isTrue = (object: KubeObject | undefined, type: string): boolean => {
      const condition = (object?.['status'] as SeenStatus | undefined)?.conditions?.find((one) => one.type === type);
      return condition?.status === 'True' && condition.observedGeneration === object?.metadata.generation;
    };
    seen([stack?.['status'], probe?.['status']]);
    return isTrue(stack, 'Ready') && isTrue(stack, 'ConfigLive') && isTrue(probe, 'Live');
  }

  async #hasNoDifference(seen: (value: unknown) => void, namespace = NAMESPACE): Promise<boolean> {
    const { code, stdout, stderr } = await runCommand([...FROM_BUNDLE, 'diff', '--kubeconfig', this.plane.kubeconfig, '-n', namespace]);
    seen(stdout + stderr);
    return code === 0;
  }
}

/** The label `nonce` of the target `probe` at a Prometheus; undefined where it has none. */
async function nonceAt(url: string): Promise<string | undefined> {
  const response = await fetch(`${url}/api/v1/targets?state=active&scrapePool=${encodeURIComponent(`scrapetarget/${NAMESPACE}/probe/0`)}`, { signal: AbortSignal.timeout(2_000) });
  const { data } = await response.json() as { data: { activeTargets: { labels: Record<string, string> }[] } };
  return data.activeTargets[0]?.labels['nonce'];
}

/** A ScrapeTarget in the stack's namespace. */
export function scrapeTarget(name: string, spec: object, namespace = NAMESPACE): KubeObject {
  return { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name, namespace }, spec } as KubeObject;
}

/** Things that look like ours and are not, and things that have nothing to do with us. */
function bystanders(): object[] {
  const labels = { 'app.kubernetes.io/managed-by': 'belfry', 'app.kubernetes.io/name': 'prometheus', 'belfry.dev/stack': 'shop' };
  const foreign = { ...labels, 'belfry.dev/owner': '11111111-2222-3333-4444-555555555555' };
  const rbac = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'look-alike', namespace: NAMESPACE, labels: { ...labels, 'belfry.dev/part': 'prometheus-config' } }, data: { 'scrape-99.yaml': 'x' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prometheus-shop-config-99', namespace: NAMESPACE, labels: foreign }, data: { a: 'b' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'look-alike', namespace: NAMESPACE, labels: foreign }, stringData: { a: 'b' } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'look-alike', namespace: NAMESPACE, labels }, spec: { ports: [{ port: 80 }], clusterIP: 'None' } },
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'look-alike', namespace: NAMESPACE, labels }, spec: { podSelector: {} } },
    { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'look-alike', labels: foreign }, rules: [] },
    { apiVersion: rbac, kind: 'Role', metadata: { name: 'look-alike', namespace: 'beside', labels: foreign }, rules: [] },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: NAMESPACE }, data: { a: 'b' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'password', namespace: 'beside' }, stringData: { a: 'b' } },
  ];
}

/** Everything that `belfry install` prints but the operator's own pod; group `belfry:operators` may do what the operator may. */
async function install(plane: ControlPlane): Promise<void> {
  const { stdout, code, stderr } = await runCommand([...FROM_BUNDLE, 'install']);
  if (code !== 0) throw new Error(`belfry install: ${stderr}`);
  const documents = stdout.split(/^---$/m).filter((text) => !/^kind: Deployment$/m.test(text)).join('---');
  await kubectlOk(plane.kubeconfig, ['apply', '--server-side', '-f', '-'], { stdin: documents });
  const subject = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'belfry:operators' };
  const bindings = [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'operators' }, roleRef: { apiGroup: subject.apiGroup, kind: 'ClusterRole', name: 'belfry' }, subjects: [subject] },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'operators', namespace: 'belfry-system' }, roleRef: { apiGroup: subject.apiGroup, kind: 'Role', name: 'belfry' }, subjects: [subject] },
  ];
  await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: bindings }) });
  await crdsEstablished(plane.kubeconfig);
}

/** What the webhook does to an object, as a JSON patch. */
function mutation({ kind, metadata }: KubeObject): object[] {
  const annotate = metadata.annotations ? { op: 'add', path: '/metadata/annotations/mutated', value: 'yes' } : { op: 'add', path: '/metadata/annotations', value: { mutated: 'yes' } };
  return kind === 'Deployment' ? [annotate, { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'mirror.example/grafana:1' }] : [annotate];
}

/** `Kind/name` of an object. */
export function nameOf(object: KubeObject): string {
  return `${object.kind} ${keyOf(object)}`;
}
