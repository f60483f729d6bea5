import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crdsEstablished } from '../../support/crds.ts';
import { kubectl, kubectlJson, kubectlOk, runCommand } from '../../support/kubectl.ts';
import { startNode, type RunningNode } from '../../support/node.ts';
import { FROM_BUNDLE } from '../../support/operator.ts';
import { startWebhook, type Webhook } from '../../support/webhook.ts';
import { CLUSTER_PORT, clusterStack, NAMESPACE, type StackOptions } from './stack.ts';
import { SUBJECT_IMAGE, subjects } from './subjects.ts';

/** A series of an instant query. */
export interface Sample { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }

/** The stack, as far as tests look at it. */
export interface Stack {
  readonly status?: {
    readonly omitted?: readonly string[];
    readonly components?: readonly { readonly name: string; readonly ready: string; readonly message?: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

/** kubectl's output, whatever came of it. */
export interface Answer { readonly ok: boolean; readonly text: string }

/** A node where Belfry is installed as `belfry install` says, a stack of scope Cluster with all there is, and workloads in all states. */
export class WholeCluster {
  #node: RunningNode | undefined;
  #webhook: Webhook | undefined;

  get node(): RunningNode {
    if (!this.#node) throw new Error('the node has not been started');
    return this.#node;
  }

  /** Told of every alert. */
  get webhook(): Webhook {
    if (!this.#webhook) throw new Error('the webhook has not been started');
    return this.#webhook;
  }

  /** On this machine, which is the node's; not there until a test makes it. Not below the node's own, which is for root alone. */
  readonly textfileDirectory = join(tmpdir(), `belfry-textfile-${process.pid}`);

  async start(): Promise<void> {
    const { stdout: installed } = await runCommand([...FROM_BUNDLE, 'install']);
    const { stdout: rendered } = await runCommand([...FROM_BUNDLE, 'render', '-f', '-'], { stdin: JSON.stringify(clusterStack({ address: '192.0.2.1', textfileDirectory: '/textfile', exporters: { blackbox: {} } })) });
    this.#node = await startNode({
      images: [...imagesIn(installed), ...imagesIn(rendered), SUBJECT_IMAGE],
      controllerManagerArgs: ['--horizontal-pod-autoscaler-sync-period=3s', '--horizontal-pod-autoscaler-initial-readiness-delay=1s', '--horizontal-pod-autoscaler-cpu-initialization-period=1s'],
    });
    this.#webhook = await startWebhook({ address: this.node.hostAddress });
    await this.#install(installed);
    await this.kube('create', 'namespace', NAMESPACE);
    await this.applyStack();
    await this.apply({ apiVersion: 'v1', kind: 'List', items: subjects({ webhook: this.webhook.url, address: this.node.address, node: this.node.name }) });
  }

  async stop(): Promise<void> {
    await this.#node?.stop();
    await rm(this.textfileDirectory, { recursive: true, force: true });
    await this.#webhook?.stop();
  }

  async #install(manifests: string): Promise<void> {
    await kubectlOk(this.node.kubeconfig, ['apply', '--server-side', '-f', '-'], { stdin: manifests });
    await crdsEstablished(this.node.kubeconfig);
    // kube-state-metrics can only be given what the operator holds itself.
    await this.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'belfry-custom-resources' },
      rules: [{ apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] }],
    });
    await this.kube('create', 'clusterrolebinding', 'belfry-custom-resources', '--clusterrole=belfry-custom-resources', '--serviceaccount=belfry-system:belfry');
    await this.kube('rollout', 'status', 'deployment/belfry', '-n', 'belfry-system', '--timeout=240s');
  }

  kube(...args: string[]): Promise<string> {
    return kubectlOk(this.node.kubeconfig, args);
  }

  async try(...args: string[]): Promise<Answer> {
    const { code, stdout, stderr } = await kubectl(this.node.kubeconfig, args);
    return { ok: code === 0, text: code === 0 ? stdout : stderr || stdout };
  }

  json<T>(...args: string[]): Promise<T> {
    return kubectlJson<T>(this.node.kubeconfig, args);
  }

  apply(manifest: object): Promise<string> {
    return kubectlOk(this.node.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  }

  /** The shared stack, with what a test wants otherwise; without anything, as it was. */
  applyStack(changes: Omit<StackOptions, 'address' | 'textfileDirectory'> = {}): Promise<string> {
    return this.apply(clusterStack({ address: this.node.address, textfileDirectory: this.textfileDirectory, ...changes }));
  }

  /** POSTs nothing to a path of a pod's port 8080. */
  post(namespace: string, pod: string, path: string): Promise<string> {
    return this.kube('create', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}:8080/proxy/${path}`, '-f', '/dev/null');
  }

  /** What a stack's Prometheus answers; the shared one's unless a node port says otherwise. */
  async prometheus<T>(path: string, nodePort: number = CLUSTER_PORT): Promise<T> {
    const response = await fetch(`http://${this.node.address}:${nodePort}/api/v1/${path}`);
    const { data, error } = await response.json() as { data?: T; error?: string };
    if (data === undefined) throw new Error(`Prometheus answered ${response.status}: ${error}`);
    return data;
  }

  async query(expr: string, nodePort?: number): Promise<readonly Sample[]> {
    return (await this.prometheus<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(expr)}`, nodePort)).result;
  }

  stack(): Promise<Stack> {
    return this.json<Stack>('get', 'mstack', 'cluster', '-n', NAMESPACE);
  }

  async component(name: string) {
    return (await this.stack()).status?.components?.find((one) => one.name === name);
  }

  /** A file for `kubectl create --raw`, gone with the node. */
  file(name: string): string {
    return join(this.node.controlPlane.dir, name);
  }
}

function imagesIn(manifests: string): string[] {
  return [...new Set([...manifests.matchAll(/^\s*(?:- )?image: (\S+)$/gm)].map((match) => match[1] ?? ''))];
}
