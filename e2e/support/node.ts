/**
 * One real Kubernetes node: control plane, containerd, kubelet, kube-proxy and DNS, in namespaces of their own (network, mounts, pids).
 *
 *   node e2e/support/node.ts start [image…]   until `stop`; prints the path of the kubeconfig
 *   node e2e/support/node.ts stop name…       or --all, which also ends those of others on this machine
 *   node e2e/support/node.ts list
 *
 * An anchor process holds the namespaces. containerd, the kubelet and all containers live in its pid namespace, so that the
 * kernel ends every one of them when the anchor ends, and their mounts and interfaces vanish with them. The control plane and
 * kube-proxy share only its network, and keep pids that can be signalled. The outside reaches the node by a veth pair,
 * 198.18.<n>.1 here and 198.18.<n>.2 there (a range set aside for tests, RFC 2544); nothing is routed further.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages, missingPackages, NODE_PACKAGES } from './apt.ts';
import { createCertificate } from './certificates.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { makeImage } from './images.ts';
import { kubectlJson, kubectlOk, runCommand } from './kubectl.ts';
import { cniConfig, containerdConfig, COREDNS_IMAGE, dnsManifests, kubeletConfig, NODE_NETWORK, PAUSE_IMAGE } from './node-config.ts';
import { endProcesses, isSame, startProgram, startTimeOf, type ProcessRecord, type Program } from './process.ts';
import { ensureProgram } from './programs.ts';
import { cacheDir, ensureTools } from './tools.ts';
import { waitFor } from './wait-for.ts';

/** All optional: without any, a node with DNS that ends with this process. */
export interface NodeOptions {
  /** The node goes on when this process ends; `stopNode(name)` ends it. */
  readonly detached?: boolean;
  /** Images to load, by the name that pods ask for; see `images.ts`. */
  readonly images?: readonly string[];
  readonly audit?: boolean;
  /** More arguments for kube-controller-manager. */
  readonly controllerManagerArgs?: readonly string[];
  /** Told what is going on, a line at a time; default: stderr. */
  readonly progress?: (line: string) => void;
}

/** A running node. */
export interface RunningNode {
  /** As kubectl shows it: `belfry-0`. */
  readonly name: string;
  /** An administrator's kubeconfig, good inside the node and outside of it. */
  readonly kubeconfig: string;
  /** The node's address, for NodePorts and host ports; reachable from this machine. */
  readonly address: string;
  /** This machine's address as pods reach it. */
  readonly hostAddress: string;
  readonly controlPlane: ControlPlane;
  readonly kubelet: Program;
  loadImages(references: readonly string[]): Promise<void>;
  /** Ends everything and leaves nothing behind. */
  stop(): Promise<void>;
}

interface NodeState {
  readonly name: string;
  readonly index: number;
  readonly kubeconfig: string;
  readonly address: string;
  readonly detached: boolean;
  readonly owner: ProcessRecord;
  readonly anchor: ProcessRecord;
  readonly records: readonly ProcessRecord[];
}

const nodesDir = (): string => join(cacheDir(), 'nodes');
const dirOf = (name: string): string => join(nodesDir(), name);

/** Why this machine cannot run a node; empty when it can. Missing Debian packages do not count where they can be installed. */
export async function nodeObstacles(): Promise<string[]> {
  if (process.platform !== 'linux') return [`a node needs Linux, this is ${process.platform}`];
  if (process.getuid?.() !== 0) return ['a node needs root, for namespaces, mounts and cgroups'];
  const { code, stderr } = await runCommand(['unshare', '--net', '--mount', '--pid', '--fork', 'ip', 'link', 'add', 'type', 'veth']);
  const namespaces = code === 0 ? [] : [`namespaces and veth pairs are not permitted here: ${stderr.trim()}`];
  const cgroups = existsSync('/sys/fs/cgroup') ? [] : ['no cgroups at /sys/fs/cgroup'];
  const packages = await missingPackages().then((missing) => missing, (error: unknown) => (error instanceof Error ? [error.message] : NODE_PACKAGES));
  const apt = packages.length > 0 && !existsSync('/usr/bin/apt-get') ? [`missing programs, and no apt-get to install them: ${packages.join(' ')}`] : [];
  return [...namespaces, ...cgroups, ...apt];
}

/** Starts a node and waits until it is Ready and resolves names: about 20 seconds once everything is built. */
export async function startNode(options: NodeOptions = {}): Promise<RunningNode> {
  const progress = options.progress ?? ((line: string) => void process.stderr.write(`node: ${line}\n`));
  const obstacles = await nodeObstacles();
  if (obstacles.length > 0) throw new Error(`this machine cannot run a node: ${obstacles.join('; ')}`);
  await ensurePackages();
  const [kubelet = '', kubeProxy = ''] = await ensureTools(['kubelet', 'kube-proxy', 'kubectl', 'coredns']);
  const { name, index } = await takeName();
  const site: Site = { name, index, dir: dirOf(name), address: `198.18.${index}.2`, hostAddress: `198.18.${index}.1`, detached: options.detached === true };
  try {
    return await bringUp(site, { kubelet, kubeProxy }, options, progress);
  } catch (error) {
    await stopNode(name, { keepLogs: true });
    throw error;
  }
}

interface Site {
  readonly name: string;
  readonly index: number;
  readonly dir: string;
  readonly address: string;
  readonly hostAddress: string;
  readonly detached: boolean;
}

async function bringUp(site: Site, tools: { kubelet: string; kubeProxy: string }, options: NodeOptions, progress: (line: string) => void): Promise<RunningNode> {
  const { name, dir } = site;
  const state: { -readonly [K in keyof NodeState]: NodeState[K] } = {
    name, index: site.index, address: site.address, detached: site.detached, kubeconfig: '',
    owner: { name: 'owner', pid: process.pid, startTime: startTimeOf(process.pid) },
    anchor: { name: 'anchor', pid: 0, startTime: 'none' }, records: [],
  };
  const save = async (): Promise<void> => writeFile(join(dir, 'state.json'), JSON.stringify(state, undefined, 2));
  await save();
  progress(`${name}: namespaces and network`);
  const anchor = await startAnchor(site);
  const anchorPid = await waitFor('the anchor of the namespaces', () => childOf(anchor.pid()), { intervalMs: 10 });
  state.anchor = { name: 'anchor', pid: anchorPid, startTime: startTimeOf(anchorPid) };
  await save();
  await connect(site, anchorPid);
  progress(`${name}: control plane`);
  const inNetwork = ['nsenter', '-t', `${anchorPid}`, '--net', '--'];
  const controlPlane = await startControlPlane({
    dir: join(dir, 'control-plane'), withControllers: true, audit: options.audit === true, commandPrefix: inNetwork, address: site.address,
    ports: { etcd: 2379, etcdPeer: 2380, apiserver: 6443 }, detached: site.detached,
    serviceCidr: NODE_NETWORK.serviceCidr, podCidr: NODE_NETWORK.clusterCidr, controllerManagerArgs: options.controllerManagerArgs ?? [],
  });
  state.records = controlPlane.records();
  state.kubeconfig = controlPlane.kubeconfig;
  await save();
  progress(`${name}: containerd, kubelet, kube-proxy`);
  const inNode = commandPrefixOf(anchorPid);
  await startContainerd(site, inNode);
  const loadImages = async (references: readonly string[]): Promise<void> => importImages(inNode, references, progress);
  const [kubelet, kubeProxy] = await Promise.all([
    startKubelet(site, tools.kubelet, controlPlane, inNode),
    startKubeProxy(site, tools.kubeProxy, controlPlane, inNetwork),
    loadImages([PAUSE_IMAGE, COREDNS_IMAGE]),
  ]);
  state.records = [kubeProxy.record(), ...controlPlane.records()];
  await save();
  await kubectlOk(controlPlane.kubeconfig, ['apply', '--server-side', '-f', '-'], { stdin: dnsManifests() });
  await loadImages(options.images ?? []);
  progress(`${name}: waiting until it is Ready and has DNS`);
  await waitForReady(controlPlane.kubeconfig, name);
  return {
    name, kubeconfig: controlPlane.kubeconfig, address: site.address, hostAddress: site.hostAddress, controlPlane, kubelet, loadImages,
    async stop() {
      await stopNode(name);
    },
  };
}

// Folders that the programs of a node insist on, or that pods expect to find on one: the node has its own behind these names.
const OWN_FOLDERS = ['/var/lib/kubelet', '/var/lib/containerd', '/run/containerd', '/var/lib/cni', '/var/log/pods', '/var/log/containers', '/etc/cni/net.d'];

// The kubelet sets these for the whole machine unless it finds them so. It finds them so.
const KERNEL_SETTINGS: Readonly<Record<string, string>> = {
  'vm/overcommit_memory': '1', 'vm/panic_on_oom': '0', 'kernel/panic': '10', 'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000', 'kernel/keys/root_maxbytes': '25000000',
};

async function startAnchor({ dir, detached }: Site): Promise<Program> {
  const mounts: string[] = [];
  for (const folder of OWN_FOLDERS) {
    await mkdir(join(dir, 'fs', folder), { recursive: true });
    // Made where it is mounted, since another node that stops removes it while it is nobody's.
    mounts.push(`mkdir -p ${folder}`, `mount --bind '${join(dir, 'fs', folder)}' ${folder}`);
  }
  for (const [setting, value] of Object.entries(KERNEL_SETTINGS)) {
    const file = join(dir, 'fs', setting.replaceAll('/', '-'));
    await writeFile(file, `${value}\n`);
    if (existsSync(`/proc/sys/${setting}`)) mounts.push(`mount --bind '${file}' /proc/sys/${setting}`);
  }
  const script = join(dir, 'anchor.sh');
  const ready = join(dir, 'anchor-ready');
  await writeFile(script, ['set -e', 'mount --make-rshared /', ...mounts, 'ip link set lo up',
    'echo 1 > /proc/sys/net/ipv4/ip_forward', `touch '${ready}'`, `exec '${await ensureProgram('pause')}'`, ''].join('\n'));
  return startProgram({
    name: 'anchor', detached, logFile: join(dir, 'logs', 'anchor.log'), ready: () => stat(ready),
    command: ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--propagation', 'slave', '--', '/bin/sh', script],
  });
}

function childOf(parent: number): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      if (Number(fields[1]) === parent) return Number(entry);
    } catch {
      continue; // ended while we looked
    }
  }
  return undefined;
}

async function connect({ index, address, hostAddress }: Site, anchorPid: number): Promise<void> {
  const device = deviceOf(index);
  const inside = ['nsenter', '-t', `${anchorPid}`, '--net', '--'];
  await must(['ip', 'link', 'add', 'name', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${anchorPid}`]);
  await must(['ip', 'addr', 'add', `${hostAddress}/30`, 'dev', device]);
  await must(['ip', 'link', 'set', device, 'up']);
  await must([...inside, 'ip', 'addr', 'add', `${address}/30`, 'dev', 'eth0']);
  await must([...inside, 'ip', 'link', 'set', 'eth0', 'up']);
  // Processes of the node itself need a route to a Service's address before kube-proxy's rules get to rewrite it.
  await must([...inside, 'ip', 'route', 'add', NODE_NETWORK.serviceCidr, 'dev', 'eth0']);
}

const deviceOf = (index: number): string => `belfry${index}`;

async function must(command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command);
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

const OVERLAYFS_MAGIC = 0x794c7630;

// To enter a pid namespace nsenter forks: the one that can be signalled from here takes the other along.
function commandPrefixOf(anchorPid: number): string[] {
  return ['nsenter', '-t', `${anchorPid}`, '--net', '--mount', '--pid', '--', 'setpriv', '--pdeathsig', 'KILL', '--'];
}

async function startContainerd({ dir, detached }: Site, inNode: readonly string[]): Promise<Program> {
  const runc = ['/usr/sbin/runc', '/usr/bin/runc'].find((path) => existsSync(path)) ?? 'runc';
  const cniPlugins = ['/usr/lib/cni', '/opt/cni/bin'].find((path) => existsSync(join(path, 'ptp'))) ?? '/usr/lib/cni';
  const isOverlay = (await statfs(dir)).type === OVERLAYFS_MAGIC; // one overlay cannot lie on another
  const config = join(dir, 'containerd.toml');
  await writeFile(config, containerdConfig({ runc, cniPlugins, snapshotter: isOverlay ? 'native' : 'overlayfs' }));
  await writeFile(join(dir, 'fs', '/etc/cni/net.d', '10-belfry.conflist'), cniConfig());
  return startProgram({
    name: 'containerd', detached, logFile: join(dir, 'logs', 'containerd.log'),
    command: [...inNode, 'containerd', '--config', config],
    ready: () => must([...inNode, 'ctr', 'version']),
  });
}

async function startKubelet({ name, dir, address, detached }: Site, kubelet: string, plane: ControlPlane, inNode: readonly string[]): Promise<Program> {
  const cgroupRoot = `/${name}`;
  for (const hierarchy of await cgroupHierarchies()) await mkdir(join(hierarchy, name), { recursive: true });
  const kubeconfig = await plane.kubeconfigFor({ user: `system:node:${name}`, groups: ['system:nodes'] });
  const serving = await createCertificate(plane.authority, join(dir, 'control-plane', 'pki'), 'kubelet', { user: `system:node:${name}`, groups: ['system:nodes'], hosts: [name, address] });
  const config = join(dir, 'kubelet.json');
  const resolvConf = join(dir, 'resolv.conf');
  await writeFile(resolvConf, ''); // no resolver beyond the cluster's own
  await writeFile(config, kubeletConfig({ clientCa: plane.authority.cert, ...serving, cgroupRoot, resolvConf }));
  return startProgram({
    name: 'kubelet', detached, logFile: join(dir, 'logs', 'kubelet.log'),
    command: [...inNode, kubelet, '--config', config, '--kubeconfig', kubeconfig, '--hostname-override', name, '--node-ip', address,
      '--node-labels', 'kubernetes.io/hostname='.concat(name)],
  });
}

async function startKubeProxy({ name, dir, address, detached }: Site, kubeProxy: string, plane: ControlPlane, inNetwork: readonly string[]): Promise<Program> {
  return startProgram({
    name: 'kube-proxy', detached, logFile: join(dir, 'logs', 'kube-proxy.log'),
    command: [...inNetwork, kubeProxy, '--kubeconfig', await plane.kubeconfigFor({ user: 'system:kube-proxy' }), '--hostname-override', name,
      '--metrics-bind-address', `${address}:10249`, '--proxy-mode', 'iptables', '--cluster-cidr', NODE_NETWORK.clusterCidr, '--iptables-localhost-nodeports=false',
      // These are settings of the whole machine.
      '--conntrack-max-per-core', '0', '--conntrack-tcp-timeout-established', '0', '--conntrack-tcp-timeout-close-wait', '0'],
  });
}

async function importImages(inNode: readonly string[], references: readonly string[], progress: (line: string) => void): Promise<void> {
  for (const reference of references) {
    const startedAt = performance.now();
    const tar = await makeImage(reference);
    // containerd now and then collects a blob as garbage between two steps of one import ("blob not found").
    await waitFor(`containerd to take ${reference}`, () => must([...inNode, 'ctr', '-n', 'k8s.io', 'images', 'import', tar]).then(() => true), { timeoutMs: 15_000 });
    progress(`image ${reference} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  }
}

/** Loads images into a node that is up, by its name; they replace those of the same name, for containers that start from now on. */
export async function loadNodeImages(name: string, references: readonly string[], progress: (line: string) => void = () => undefined): Promise<void> {
  const state = await readState(name);
  if (state === undefined || !isSame(state.anchor)) throw new Error(`node ${name} is not up`);
  await importImages(commandPrefixOf(state.anchor.pid), references, progress);
}

async function waitForReady(kubeconfig: string, name: string): Promise<void> {
  await waitFor(`node ${name} to be Ready`, async (seen) => {
    const node = await kubectlJson<{ status: { conditions?: { type: string; status: string; message: string }[] } }>(kubeconfig, ['get', 'node', name]);
    const ready = node.status.conditions?.find((condition) => condition.type === 'Ready');
    seen(ready);
    return ready?.status === 'True';
  }, { timeoutMs: 90_000, intervalMs: 300 });
  await kubectlOk(kubeconfig, ['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=90s']);
}

async function cgroupHierarchies(): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  if (existsSync(join(root, 'cgroup.controllers'))) return [root]; // cgroup v2
  const names = await readdir(root);
  return names.map((name) => join(root, name)).filter((path) => existsSync(join(path, 'cgroup.procs')));
}

const SETTLING_MS = 60_000;

async function takeName(): Promise<{ name: string; index: number }> {
  await mkdir(nodesDir(), { recursive: true });
  for (let index = 0; index < 64; index += 1) {
    const name = `belfry-${index}`;
    if (await isAbandoned(name)) await stopNode(name);
    // A node that another cache knows of: of another user, or of a run with a BELFRY_CACHE of its own.
    if (!existsSync(dirOf(name)) && existsSync(join('/sys/class/net', deviceOf(index)))) continue;
    const taken = await mkdir(dirOf(name)).then(() => true, () => false);
    if (taken) return { name, index };
  }
  throw new Error(`no free name for a node in ${nodesDir()}: stop one (node e2e/support/node.ts stop)`);
}

async function isAbandoned(name: string): Promise<boolean> {
  const found = await stat(dirOf(name)).catch(() => undefined);
  if (found === undefined) return false;
  const state = await readState(name);
  if (state === undefined) return Date.now() - found.mtimeMs > SETTLING_MS;
  return state.detached ? !isSame(state.anchor) && !isSame(state.owner) : !isSame(state.owner);
}

async function readState(name: string): Promise<NodeState | undefined> {
  const text = await readFile(join(dirOf(name), 'state.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text) as NodeState;
}

/** The nodes of this machine that are up, with what one needs to use them. */
export async function listNodes(): Promise<Pick<NodeState, 'name' | 'kubeconfig' | 'address' | 'detached'>[]> {
  const names = await readdir(nodesDir()).catch(() => []);
  const states = await Promise.all(names.map(readState));
  return states.filter((state) => state !== undefined).filter((state) => isSame(state.anchor));
}

/** Ends the node, whoever started it, and removes all it left; answers false when there was none. */
export async function stopNode(name: string, { keepLogs = false }: { keepLogs?: boolean } = {}): Promise<boolean> {
  const dir = dirOf(name);
  const state = await readState(name);
  if (state !== undefined) {
    if (isSame(state.anchor)) process.kill(state.anchor.pid, 'SIGKILL'); // containers, containerd and kubelet end with it
    await endProcesses(state.records, 3_000);
    await must(['ip', 'link', 'del', deviceOf(state.index)]).catch(() => undefined); // gone with its network already
  }
  await removeCgroups(name);
  if (keepLogs && existsSync(join(dir, 'logs'))) {
    const kept = join(cacheDir(), 'logs', name);
    await rm(kept, { recursive: true, force: true });
    await mkdir(join(kept, '..'), { recursive: true });
    await must(['cp', '-r', join(dir, 'logs'), kept]);
    process.stderr.write(`node: logs are in ${kept}\n`);
  }
  const existed = existsSync(dir);
  await waitFor(`${dir} to be removed`, () => rm(dir, { recursive: true, force: true }).then(() => true), { timeoutMs: 10_000 });
  for (const folder of OWN_FOLDERS) await removeMountPoint(folder);
  return existed;
}

// Removing a folder takes away what other mount namespaces have mounted on it: the kubelet of another node would lose its own.
async function removeMountPoint(folder: string): Promise<void> {
  const processes = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const mounts = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')));
  if (mounts.some((text) => text.includes(` ${folder} `))) return;
  await rmdir(folder).catch(() => undefined); // not empty: it was there before any node
}

async function removeCgroups(name: string): Promise<void> {
  for (const hierarchy of await cgroupHierarchies()) {
    const root = join(hierarchy, name);
    if (!existsSync(root)) continue;
    const below = await readdir(root, { recursive: true, withFileTypes: true });
    const folders = below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    for (const folder of [root, ...folders].sort((a, b) => b.length - a.length)) {
      await waitFor(`cgroup ${folder} to be empty`, () => rmdir(folder).then(() => true), { timeoutMs: 10_000, intervalMs: 50 });
    }
  }
}

async function main([command = '', ...args]: string[]): Promise<void> {
  if (command === 'start') {
    const node = await startNode({ detached: true, images: args });
    process.stdout.write(`${node.kubeconfig}\n`);
  } else if (command === 'stop') {
    if (args.length === 0) throw new Error('stop which node? (list shows them; --all stops every one)');
    const names = args.includes('--all') ? await readdir(nodesDir()).catch(() => []) : args;
    for (const name of names) process.stderr.write(`node: ${name} ${await stopNode(name) ? 'stopped' : 'was not there'}\n`);
  } else if (command === 'list') {
    for (const { name, address, kubeconfig } of await listNodes()) process.stdout.write(`${name} ${address} ${kubeconfig}\n`);
  } else {
    throw new Error('usage: node e2e/support/node.ts start [image…] | stop name…|--all | list');
  }
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`node: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
