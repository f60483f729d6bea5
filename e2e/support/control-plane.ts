/**
 * A Kubernetes control plane of one's own: etcd and kube-apiserver, on request also kube-controller-manager and kube-scheduler.
 * Plain processes on loopback (or where `node.ts` puts them), gone with the process that started them.
 *
 *   node e2e/support/control-plane.ts [--controllers]     runs one until Ctrl-C, prints the path of its kubeconfig
 */
import { request } from 'node:https';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUDIT_POLICY } from './audit-log.ts';
import { createAuthority, createCertificate, createSigningKey, type KeyPair, type Subject } from './certificates.ts';
import { expectOk } from './expect-ok.ts';
import { freePorts, startProgram, type ProcessRecord, type Program } from './process.ts';
import { ensureTools } from './tools.ts';

/** All optional: without any, etcd and kube-apiserver on free ports of 127.0.0.1, in a temporary folder. */
export interface ControlPlaneOptions {
  /** Where data, certificates and logs go; kept after `stop` when given, a temporary folder otherwise. */
  readonly dir?: string;
  /** Also kube-controller-manager and kube-scheduler: garbage collection, endpoints, service account tokens, rollouts. */
  readonly withControllers?: boolean;
  /** Writes an audit log at level Metadata; see `audit-log.ts`. */
  readonly audit?: boolean;
  /** More arguments for kube-apiserver. */
  readonly apiserverArgs?: readonly string[];
  readonly controllerManagerArgs?: readonly string[];
  /** Put before each command, for instance `nsenter --net=…`. */
  readonly commandPrefix?: readonly string[];
  /** The address to listen on and to write into kubeconfigs. Default 127.0.0.1. */
  readonly address?: string;
  /** Default: ports that are free now. */
  readonly ports?: { readonly etcd: number; readonly etcdPeer: number; readonly apiserver: number };
  readonly serviceCidr?: string;
  readonly podCidr?: string;
  /** The programs outlive this process; end them by `endProcesses(records)`. */
  readonly detached?: boolean;
}

/** A running control plane. */
export interface ControlPlane {
  /** Path of an administrator's kubeconfig (group system:masters). */
  readonly kubeconfig: string;
  /** `https://address:port` of the API server. */
  readonly url: string;
  /** `http://127.0.0.1:port` of etcd's JSON gateway. */
  readonly etcdUrl: string;
  readonly dir: string;
  /** The authority that signed all certificates here. */
  readonly authority: KeyPair;
  /** Path of the audit log, when asked for. */
  readonly auditLog: string | undefined;
  /** For faults: kill, pause, resume, start again. */
  readonly etcd: Program;
  readonly apiserver: Program;
  readonly controllers: readonly Program[];
  /** A kubeconfig for any user and groups, by client certificate; its path. */
  kubeconfigFor(subject: Subject): Promise<string>;
  /** The same for a ServiceAccount, which need not exist: RBAC sees its name and groups. */
  kubeconfigForServiceAccount(namespace: string, name: string): Promise<string>;
  /** In the order in which they have to end. */
  records(): ProcessRecord[];
  /** Ends all of it, and removes the folder if it was a temporary one. */
  stop(): Promise<void>;
}

const SERVICE_CIDR = '10.96.0.0/16';
const POD_CIDR = '10.244.0.0/16';

interface Credentials {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  readonly kubelet: KeyPair;
  readonly frontProxyAuthority: KeyPair;
  readonly frontProxy: KeyPair;
  readonly tokens: { privateKey: string; publicKey: string };
}

interface Plan {
  readonly options: ControlPlaneOptions;
  readonly dir: string;
  readonly address: string;
  readonly url: string;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly apiserver: number };
  readonly tools: Readonly<Record<'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler', string>>;
  readonly credentials: Credentials;
}

/** Starts a control plane and waits until it answers: 3 to 5 seconds once the programs are built. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const plan = await planControlPlane(options);
  const started: Program[] = [];
  const start = async (program: Promise<Program>): Promise<Program> => {
    started.unshift(await program);
    return program;
  };
  const stop = async (): Promise<void> => {
    for (const program of started) await program.stop();
    if (options.dir === undefined) await rm(plan.dir, { recursive: true, force: true });
  };
  try {
    const kubeconfigFor = kubeconfigWriter(plan);
    const kubeconfig = await kubeconfigFor({ user: 'admin', groups: ['system:masters'] });
    const etcd = await start(startEtcd(plan));
    const apiserver = await start(startApiserver(plan));
    const controllers = options.withControllers === true
      ? await Promise.all([start(startControllerManager(plan, kubeconfigFor)), start(startScheduler(plan, kubeconfigFor))])
      : [];
    return {
      kubeconfig, url: plan.url, etcdUrl: `http://127.0.0.1:${plan.ports.etcd}`, dir: plan.dir, authority: plan.credentials.authority, auditLog: auditLogOf(plan), etcd, apiserver, controllers,
      kubeconfigFor,
      kubeconfigForServiceAccount: (namespace, name) => kubeconfigFor({
        user: `system:serviceaccount:${namespace}:${name}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
      }),
      records: () => started.filter((program) => program.isRunning()).map((program) => program.record()),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function planControlPlane(options: ControlPlaneOptions): Promise<Plan> {
  const [etcd = '', apiserver = '', controllerManager = '', scheduler = ''] = await ensureTools([
    'etcd', 'kube-apiserver', ...(options.withControllers === true ? ['kube-controller-manager', 'kube-scheduler'] : []),
  ]);
  const dir = options.dir ?? await mkdtemp(join(tmpdir(), 'belfry-control-plane-'));
  await mkdir(dir, { recursive: true });
  const address = options.address ?? '127.0.0.1';
  const ports = options.ports ?? await pickPorts();
  return {
    options, dir, address, ports,
    url: `https://${address}:${ports.apiserver}`,
    tools: { etcd, 'kube-apiserver': apiserver, 'kube-controller-manager': controllerManager, 'kube-scheduler': scheduler },
    credentials: await createCredentials(join(dir, 'pki'), address, options.serviceCidr ?? SERVICE_CIDR),
  };
}

async function pickPorts(): Promise<Plan['ports']> {
  const [etcd = 0, etcdPeer = 0, apiserver = 0] = await freePorts(3);
  return { etcd, etcdPeer, apiserver };
}

async function createCredentials(dir: string, address: string, serviceCidr: string): Promise<Credentials> {
  const [authority, frontProxyAuthority, tokens] = await Promise.all([
    createAuthority(dir, 'ca'), createAuthority(dir, 'front-proxy-ca'), createSigningKey(dir, 'service-account'),
  ]);
  const hosts = [...new Set([address, '127.0.0.1', serviceCidr.replace(/\.\d+\/\d+$/, '.1'), 'localhost',
    'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'])];
  // One after the other per authority: openssl numbers certificates in a file beside it.
  const server = await createCertificate(authority, dir, 'apiserver', { user: 'kube-apiserver', hosts });
  const kubelet = await createCertificate(authority, dir, 'apiserver-kubelet-client', { user: 'kube-apiserver-kubelet-client', groups: ['system:masters'] });
  const frontProxy = await createCertificate(frontProxyAuthority, dir, 'front-proxy-client', { user: 'front-proxy-client' });
  return { authority, server, kubelet, frontProxyAuthority, frontProxy, tokens };
}

type KubeconfigWriter = (subject: Subject) => Promise<string>;

function kubeconfigWriter({ dir, url, credentials: { authority } }: Plan): KubeconfigWriter {
  let last: Promise<unknown> = Promise.resolve();
  const write = async (subject: Subject): Promise<string> => {
    const name = `user-${subject.user.replace(/[^\w.-]+/g, '-')}`;
    const pair = await createCertificate(authority, join(dir, 'pki'), name, subject);
    const [ca, cert, key] = await Promise.all([authority.cert, pair.cert, pair.key].map(async (path) => (await readFile(path)).toString('base64')));
    const path = join(dir, `${name}.kubeconfig`);
    await writeFile(path, `apiVersion: v1
kind: Config
clusters: [{ name: belfry, cluster: { server: "${url}", certificate-authority-data: ${ca} } }]
users: [{ name: "${subject.user}", user: { client-certificate-data: ${cert}, client-key-data: ${key} } }]
contexts: [{ name: belfry, context: { cluster: belfry, user: "${subject.user}" } }]
current-context: belfry
`, { mode: 0o600 });
    return path;
  };
  return (subject) => {
    const next = last.then(() => write(subject)); // in turn, as above
    last = next.catch(() => undefined);
    return next;
  };
}

function auditLogOf({ options, dir }: Plan): string | undefined {
  return options.audit === true ? join(dir, 'audit.log') : undefined;
}

function program(plan: Plan, name: string, command: readonly string[], ready: () => Promise<unknown>): Promise<Program> {
  return startProgram({
    name,
    command: [...(plan.options.commandPrefix ?? []), ...command],
    logFile: join(plan.dir, 'logs', `${name}.log`),
    ready,
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 3_000, // etcd waits for its clients; nothing here needs a clean end
    detached: plan.options.detached ?? false,
  });
}

function startEtcd(plan: Plan): Promise<Program> {
  const client = `http://127.0.0.1:${plan.ports.etcd}`;
  const peer = `http://127.0.0.1:${plan.ports.etcdPeer}`;
  return program(plan, 'etcd', [
    plan.tools.etcd, '--data-dir', join(plan.dir, 'etcd'), '--unsafe-no-fsync', '--log-level', 'warn',
    '--listen-client-urls', client, '--advertise-client-urls', client,
    ...(plan.options.commandPrefix === undefined ? [] : ['--listen-metrics-urls', `http://${plan.address}:2381`]),
    '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`,
    // Its loopback is not ours when it runs in another network; the API server, which waits for it, is asked there instead.
  ], () => (plan.options.commandPrefix === undefined ? expectOk(`${client}/health`) : Promise.resolve()));
}

async function startApiserver(plan: Plan): Promise<Program> {
  const { credentials, options, dir, ports } = plan;
  const audit = auditLogOf(plan);
  const auditArgs = audit === undefined ? [] : ['--audit-policy-file', join(dir, 'audit-policy.yaml'), '--audit-log-path', audit];
  if (audit !== undefined) await writeFile(join(dir, 'audit-policy.yaml'), AUDIT_POLICY);
  return program(plan, 'kube-apiserver', [
    plan.tools['kube-apiserver'],
    '--etcd-servers', `http://127.0.0.1:${ports.etcd}`,
    '--bind-address', plan.address, '--advertise-address', plan.address, '--secure-port', `${ports.apiserver}`,
    '--cert-dir', join(dir, 'pki'),
    '--tls-cert-file', credentials.server.cert, '--tls-private-key-file', credentials.server.key,
    '--client-ca-file', credentials.authority.cert,
    '--kubelet-client-certificate', credentials.kubelet.cert, '--kubelet-client-key', credentials.kubelet.key,
    '--kubelet-preferred-address-types', 'InternalIP', // nothing here resolves the names of nodes
    '--service-account-issuer', 'https://kubernetes.default.svc.cluster.local',
    '--service-account-key-file', credentials.tokens.publicKey,
    '--service-account-signing-key-file', credentials.tokens.privateKey,
    '--requestheader-client-ca-file', credentials.frontProxyAuthority.cert, '--requestheader-allowed-names', 'front-proxy-client',
    '--requestheader-username-headers', 'X-Remote-User', '--requestheader-group-headers', 'X-Remote-Group',
    '--requestheader-extra-headers-prefix', 'X-Remote-Extra-',
    '--proxy-client-cert-file', credentials.frontProxy.cert, '--proxy-client-key-file', credentials.frontProxy.key,
    '--enable-aggregator-routing',
    '--authorization-mode', 'Node,RBAC', '--allow-privileged', '--enable-bootstrap-token-auth',
    '--service-cluster-ip-range', options.serviceCidr ?? SERVICE_CIDR,
    // Without the controllers nobody makes the service account that this plugin wants every pod to have.
    ...(options.withControllers === true ? [] : ['--disable-admission-plugins', 'ServiceAccount']),
    ...auditArgs,
    ...(options.apiserverArgs ?? []),
  ], () => readyz(plan));
}

async function startControllerManager(plan: Plan, kubeconfigFor: KubeconfigWriter): Promise<Program> {
  const kubeconfig = await kubeconfigFor({ user: 'system:kube-controller-manager' });
  return program(plan, 'kube-controller-manager', [
    plan.tools['kube-controller-manager'],
    '--kubeconfig', kubeconfig, '--authentication-kubeconfig', kubeconfig, '--authorization-kubeconfig', kubeconfig,
    '--bind-address', metricsAddress(plan), '--secure-port', `${await controllerPort(plan, 10257)}`, '--cert-dir', join(plan.dir, 'pki'), '--leader-elect=false',
    '--use-service-account-credentials', '--service-account-private-key-file', plan.credentials.tokens.privateKey,
    '--root-ca-file', plan.credentials.authority.cert,
    '--cluster-signing-cert-file', plan.credentials.authority.cert, '--cluster-signing-key-file', plan.credentials.authority.key,
    '--allocate-node-cidrs', '--cluster-cidr', plan.options.podCidr ?? POD_CIDR, '--service-cluster-ip-range', plan.options.serviceCidr ?? SERVICE_CIDR,
    ...(plan.options.controllerManagerArgs ?? []),
  ], () => hasDefaultServiceAccount(plan));
}

async function startScheduler(plan: Plan, kubeconfigFor: KubeconfigWriter): Promise<Program> {
  const kubeconfig = await kubeconfigFor({ user: 'system:kube-scheduler' });
  return program(plan, 'kube-scheduler', [
    plan.tools['kube-scheduler'],
    '--kubeconfig', kubeconfig, '--authentication-kubeconfig', kubeconfig, '--authorization-kubeconfig', kubeconfig,
    '--bind-address', metricsAddress(plan), '--secure-port', `${await controllerPort(plan, 10259)}`, '--cert-dir', join(plan.dir, 'pki'), '--leader-elect=false',
  ], () => Promise.resolve());
}

// In a network of its own nobody but the node's pods can look.
function metricsAddress({ options, address }: Plan): string {
  return options.commandPrefix === undefined ? '127.0.0.1' : address;
}

// In a network of its own the well-known port, where scrape jobs look for it; beside others any free one.
async function controllerPort({ options }: Plan, wellKnown: number): Promise<number> {
  return options.commandPrefix === undefined ? (await freePorts(1))[0] ?? wellKnown : wellKnown;
}

async function readyz(plan: Plan): Promise<boolean> {
  const { status, body } = await getAsAdmin(plan, '/readyz');
  if (status !== 200) throw new Error(`/readyz answered ${status}: ${body}`);
  return true;
}

async function hasDefaultServiceAccount(plan: Plan): Promise<boolean> {
  return (await getAsAdmin(plan, '/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
}

async function getAsAdmin({ url, dir, credentials }: Plan, path: string): Promise<{ status: number; body: string }> {
  const [ca, cert, key] = await Promise.all(
    [credentials.authority.cert, join(dir, 'pki', 'user-admin.crt'), join(dir, 'pki', 'user-admin.key')].map((file) => readFile(file)),
  );
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { ca, cert, key, agent: false, timeout: 5_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text)).once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.once('error', reject).once('timeout', () => asked.destroy(new Error(`${path} did not answer in 5 s`))).end();
  });
}

async function main(args: string[]): Promise<void> {
  const startedAt = performance.now();
  const plane = await startControlPlane({ withControllers: args.includes('--controllers'), audit: args.includes('--audit') });
  process.stderr.write(`control plane at ${plane.url} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C ends it\n`);
  process.stdout.write(`${plane.kubeconfig}\n`);
  const timer = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, () => resolve())));
  clearInterval(timer);
  await plane.stop();
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`control plane: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
