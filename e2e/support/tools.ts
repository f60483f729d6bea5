/**
 * The real programs that tests and the demo run, built from their published Go modules.
 *
 *   node e2e/support/tools.ts [--list] [name[@release]…]     builds what is missing, prints one path a line
 *
 * They land outside the checkout, at `<cache>/tools/<name>/<release>/<name>`, where `<cache>` is `$BELFRY_CACHE`,
 * or `$XDG_CACHE_HOME/belfry`, or `~/.cache/belfry`. One compile runs at a time on a machine, whoever asks: the rest wait.
 */
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { copyFile, cp, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** One `go build`: programs of one module that share most of what they compile. */
export interface ToolBuild {
  /** The release as its project calls it; the folder in the cache. */
  readonly release: string;
  readonly module: string;
  /** The version of the Go module. */
  readonly version: string;
  /** Program name to Go package. */
  readonly programs: Readonly<Record<string, string>>;
  /** `-X` settings, so that the program reports its release. */
  readonly set?: Readonly<Record<string, string>>;
  /** Modules of one repository that its go.mod requires as v0.0.0, and the version to take instead. */
  readonly replaceZeroVersions?: string;
  /** A main package of ours, which puts its modules together: a folder below `programs` with go.mod and main.go. */
  readonly source?: string;
  /** `replace` lines of its own go.mod that it does not compile without. */
  readonly replace?: readonly string[];
  /** Build tags that its project sets. */
  readonly tags?: readonly string[];
  /** Lines of its own go.sum for modules that the checksum database does not list. */
  readonly sums?: readonly string[];
  /** Files of the module that are written anew before it is compiled: path below its root to text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Optimised by the profile that its project ships. What is measured needs that; for the rest it means to compile every package again. */
  readonly profiled?: true;
}

const prometheusVersion = (release: string): Record<string, string> => ({
  'github.com/prometheus/common/version.Version': release.replace(/^v/, ''),
});

const KUBERNETES: Pick<ToolBuild, 'release' | 'module' | 'version' | 'set' | 'replaceZeroVersions'> = {
  release: 'v1.34.4', // the last minor whose kubelet runs on cgroup v1
  module: 'k8s.io/kubernetes',
  version: 'v1.34.4',
  set: {
    'k8s.io/component-base/version.gitVersion': 'v1.34.4',
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '34',
  },
  replaceZeroVersions: 'v0.34.4',
};

// Up to 2.55 the server hands its own logger to klog, which only this fork takes.
const KLOG_OF_PROMETHEUS_2 = [
  'k8s.io/klog => github.com/simonpasquier/klog-gokit v0.3.0',
  'k8s.io/klog/v2 => github.com/simonpasquier/klog-gokit/v3 v3.5.0',
];

// Its other discoveries, with the clouds' SDKs, are half of what there is to compile; no stack uses one. File, HTTP and static are always in.
const SERVICE_DISCOVERIES = ['dns', 'kubernetes'];
const ONLY_THESE_DISCOVERIES: Pick<ToolBuild, 'tags'> = {
  tags: ['remove_all_sd', ...SERVICE_DISCOVERIES.map((name) => `enable_${name}_sd`)],
};
// Before the releases that have these tags its build takes the list from a file.
const ONLY_THESE_PLUGINS: Pick<ToolBuild, 'files'> = {
  files: {
    'plugins/plugins.go': [
      'package plugins',
      ...SERVICE_DISCOVERIES.map((name) => `import _ "github.com/prometheus/prometheus/discovery/${name}"`),
    ].join('\n'),
  },
};

function prometheusBuild(release: string, version: string, discoveries: Pick<ToolBuild, 'tags' | 'files'>): ToolBuild {
  return {
    release,
    module: 'github.com/prometheus/prometheus',
    version,
    programs: {
      prometheus: 'github.com/prometheus/prometheus/cmd/prometheus',
      promtool: 'github.com/prometheus/prometheus/cmd/promtool',
    },
    set: prometheusVersion(release),
    ...discoveries,
    ...(release.startsWith('v2.') ? { replace: KLOG_OF_PROMETHEUS_2 } : {}),
  };
}

// Its own go.mod replaces these; a module that requires it has to say so again.
// cspell:disable
const REPLACED_BY_THANOS = [
  'capnproto.org/go/capnp/v3 => capnproto.org/go/capnp/v3 v3.0.0-alpha.30',
  'github.com/bradfitz/gomemcache => github.com/themihai/gomemcache v0.0.0-20180902122335-24332e2d58ab',
  'github.com/sercand/kuberesolver/v4 => github.com/sercand/kuberesolver/v5 v5.1.1',
  'github.com/vimeo/galaxycache => github.com/thanos-community/galaxycache v0.0.0-20211122094458-3a32041a1f1e',
  'google.golang.org/grpc => github.com/thanos-community/grpc-go v0.0.0-20251106112228-b9020406f781',
  'gopkg.in/alecthomas/kingpin.v2 => github.com/alecthomas/kingpin v1.3.8-0.20210301060133-17f40c25f497',
  'zenhack.net/go/util => github.com/zenhack/go-util v0.0.0-20231005031245-66f5419c2aea',
];
const REPLACED_BY_LOKI = [
  'github.com/Azure/azure-sdk-for-go => github.com/Azure/azure-sdk-for-go v68.0.0+incompatible',
  'github.com/Azure/azure-storage-blob-go => github.com/MasslessParticle/azure-storage-blob-go v0.14.1-0.20240322194317-344980fda573',
  'github.com/gocql/gocql => github.com/grafana/gocql v0.0.0-20200605141915-ba5dc39ece85',
  'github.com/hashicorp/memberlist => github.com/grafana/memberlist v0.3.1-0.20251126142931-6f9f62ab6f86',
  'github.com/grafana/regexp => github.com/grafana/regexp v0.0.0-20240518133315-a468a5bfb3bc',
  'github.com/influxdata/go-syslog/v3 => github.com/leodido/go-syslog/v4 v4.3.0',
  'github.com/thanos-io/objstore => github.com/grafana/objstore v0.0.0-20250728171719-b5d3b766d1b0',
];
// cspell:enable

/**
 * Every program there is, in the order in which a machine that has none builds them.
 * The first entry that holds a name is the release one gets without asking for another.
 */
export const TOOL_BUILDS: readonly ToolBuild[] = [
  prometheusBuild('v3.15.0', 'v0.315.0', ONLY_THESE_DISCOVERIES),
  {
    release: 'v3.6.8',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.8',
    programs: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  {
    ...KUBERNETES,
    programs: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
  },
  {
    release: 'v0.31.1', // from 0.32 on the module lacks the built web page that it embeds
    module: 'github.com/prometheus/alertmanager',
    version: 'v0.31.1',
    programs: {
      alertmanager: 'github.com/prometheus/alertmanager/cmd/alertmanager',
      amtool: 'github.com/prometheus/alertmanager/cmd/amtool',
    },
    set: prometheusVersion('v0.31.1'),
  },
  {
    ...KUBERNETES,
    programs: {
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
    },
  },
  {
    release: 'v1.12.1',
    module: 'github.com/prometheus/node_exporter',
    version: 'v1.12.1',
    programs: { node_exporter: 'github.com/prometheus/node_exporter' },
    set: prometheusVersion('v1.12.1'),
  },
  {
    release: 'v0.28.0',
    module: 'github.com/prometheus/blackbox_exporter',
    version: 'v0.28.0',
    programs: { blackbox_exporter: 'github.com/prometheus/blackbox_exporter' },
    set: prometheusVersion('v0.28.0'),
  },
  {
    release: 'v1.11.3',
    module: 'github.com/prometheus/pushgateway',
    version: 'v1.11.3',
    programs: { pushgateway: 'github.com/prometheus/pushgateway' },
    set: prometheusVersion('v1.11.3'),
  },
  {
    release: 'v2.19.1',
    module: 'k8s.io/kube-state-metrics/v2',
    version: 'v2.19.1',
    programs: { 'kube-state-metrics': 'k8s.io/kube-state-metrics/v2' },
    set: prometheusVersion('v2.19.1'),
  },
  {
    release: 'v0.9.0',
    module: 'sigs.k8s.io/metrics-server',
    version: 'v0.9.0',
    programs: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
  },
  {
    release: 'v0.12.0',
    module: 'sigs.k8s.io/prometheus-adapter',
    version: 'v0.12.0',
    programs: { adapter: 'sigs.k8s.io/prometheus-adapter/cmd/adapter' },
  },
  {
    release: 'v1.34.0',
    module: 'k8s.io/node-problem-detector',
    version: 'v1.34.0',
    programs: { nodeproblemdetector: 'k8s.io/node-problem-detector/cmd/nodeproblemdetector' },
  },
  {
    release: 'v0.87.0',
    module: 'github.com/cloudflare/pint',
    version: 'v0.87.0',
    programs: { pint: 'github.com/cloudflare/pint/cmd/pint' },
  },
  {
    release: 'v1.14.7',
    module: 'github.com/coredns/coredns',
    version: 'v1.14.7',
    programs: { coredns: 'github.com/coredns/coredns' },
  },
  {
    release: 'v0.156.0',
    module: 'go.opentelemetry.io/collector/otelcol',
    version: 'v0.156.0',
    programs: { otelcol: 'belfry.dev/otelcol' },
    source: 'otelcol',
  },
  {
    release: 'v3.7.8', // up to 3.5 it needs a module that the checksum database does not know
    module: 'github.com/grafana/loki/v3',
    version: 'v3.7.8',
    programs: { loki: 'github.com/grafana/loki/v3/cmd/loki' },
    replace: REPLACED_BY_LOKI,
  },
  prometheusBuild('v2.45.6', 'v0.45.6', ONLY_THESE_PLUGINS),
  prometheusBuild('v2.55.1', 'v0.55.1', ONLY_THESE_PLUGINS),
  prometheusBuild('v3.5.1', 'v0.305.1', ONLY_THESE_PLUGINS),
  {
    release: 'v0.41.0',
    module: 'github.com/thanos-io/thanos',
    version: 'v0.41.0',
    programs: { thanos: 'github.com/thanos-io/thanos/cmd/thanos' },
    set: prometheusVersion('v0.41.0'),
    replace: REPLACED_BY_THANOS,
    tags: ['netgo', 'slicelabels'], // without the second its sidecar ends with the first question: it takes labels for slices
    sums: [
      'github.com/thanos-community/grpc-go v0.0.0-20251106112228-b9020406f781 h1:e9c72LR6jBSpBjjBRjqeoNp1qQLZQqMyeHzNqvou5NE=',
      'github.com/thanos-community/grpc-go v0.0.0-20251106112228-b9020406f781/go.mod h1:YnIHHmJ2ND31zdEiJmIw5W6dtr05o2clL82wnWwFnn0=',
    ],
  },
  {
    release: 'v0.92.1', // only for comparisons
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.92.1',
    programs: { 'prometheus-operator': 'github.com/prometheus-operator/prometheus-operator/cmd/operator' },
    set: prometheusVersion('v0.92.1'),
    profiled: true,
  },
];

/** Programs that envtest also ships; a folder that has them in `KUBEBUILDER_ASSETS` saves the compile. */
const ENVTEST_PROGRAMS = new Set(['etcd', 'kube-apiserver', 'kubectl']);

/** The folder that outlives checkouts: `$BELFRY_CACHE`, or `belfry` in the user's cache folder. */
export function cacheDir(): string {
  const { BELFRY_CACHE, XDG_CACHE_HOME } = process.env;
  return BELFRY_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'belfry');
}

/** The entry for `name` or `name@release`; a release may be shortened (`promtool@2.45`). Throws for an unknown one. */
export function toolBuild(wanted: string): { name: string; build: ToolBuild } {
  const [name = '', release] = wanted.split('@');
  const builds = TOOL_BUILDS.filter((build) => name in build.programs);
  const build = release === undefined ? builds[0] : builds.find((each) => isRelease(each.release, release));
  if (build) return { name, build };
  const known = builds.length > 0
    ? `${name} is there as ${builds.map((each) => each.release).join(', ')}`
    : `there are ${[...new Set(TOOL_BUILDS.flatMap((each) => Object.keys(each.programs)))].join(', ')}`;
  throw new Error(`no program ${wanted}: ${known} (e2e/support/tools.ts)`);
}

function isRelease(release: string, wanted: string): boolean {
  const short = wanted.replace(/^v/, '');
  const full = release.replace(/^v/, '');
  return full === short || full.startsWith(`${short}.`);
}

/** Where the program is, or will be once it is built. */
export function toolPath(wanted: string): string {
  const { name, build } = toolBuild(wanted);
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets && !wanted.includes('@') && ENVTEST_PROGRAMS.has(name) && existsSync(join(assets, name))) return join(assets, name);
  return cachedPath(name, build);
}

/** The path of the program, built first where it is missing (minutes, with progress on stderr). Rejects with what Go said. */
export async function ensureTool(wanted: string): Promise<string> {
  const path = toolPath(wanted);
  if (!isExecutable(path)) await ensureTools([wanted]);
  return path;
}

/** Builds all of `wanted` that is missing, one `go build` after the other; answers their paths in the order asked. */
export async function ensureTools(wanted: readonly string[]): Promise<string[]> {
  const missing = wanted.filter((each) => !isExecutable(toolPath(each))).map((each) => toolBuild(each).build);
  const builds = TOOL_BUILDS.filter((build) => missing.includes(build));
  for (const [index, build] of builds.entries()) {
    const label = `${index + 1} of ${builds.length}: ${Object.keys(build.programs).join(', ')} ${build.release}`;
    const next = builds[index + 1];
    await withBuildLock(label, async () => {
      if (isBuilt(build)) return; // another process was first
      const ahead = next && workDir(next) !== workDir(build) && !isBuilt(next);
      const downloaded = ahead ? download(next).catch(() => undefined) : undefined; // its own turn says what is wrong
      await compile(label, build);
      await downloaded;
    });
  }
  return wanted.map((each) => toolPath(each));
}

function isBuilt(build: ToolBuild): boolean {
  return Object.keys(build.programs).every((name) => isExecutable(cachedPath(name, build)));
}

function cachedPath(name: string, build: ToolBuild): string {
  return join(cacheDir(), 'tools', name, build.release, name);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // missing, or half written by something else: build it
  }
}

function progress(line: string): void {
  process.stderr.write(`tools: ${line}\n`);
}

async function compile(label: string, build: ToolBuild): Promise<void> {
  const startedAt = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - startedAt) / 1000)} s`;
  const work = workDir(build);
  const out = join(work, `out-${process.pid}`);
  await mkdir(out, { recursive: true });
  try {
    progress(`${label}: downloading modules`);
    await download(build);
    await buildPackages(work, out, build, (done, total) =>
      progress(`${label}: compiling, ${done} of ${total} packages, ${seconds()}`));
    for (const [name, pkg] of Object.entries(build.programs)) {
      const path = cachedPath(name, build);
      await mkdir(join(path, '..'), { recursive: true });
      await rename(join(out, outputName(pkg)), path); // whole or not at all: others only look for the file
    }
    progress(`${label}: done in ${seconds()}`);
  } catch (cause) {
    throw new Error(`building ${label.replace(/^.*?: /, '')} failed: ${reasonOf(cause)}`, { cause });
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function workDir(build: ToolBuild): string {
  return join(cacheDir(), 'build', `${build.module}@${build.version}`.replaceAll('/', '_'));
}

/** Writes the module that the programs are compiled in, with all it needs in the module cache; quick where that is done. */
async function download(build: ToolBuild): Promise<void> {
  const work = workDir(build);
  await mkdir(work, { recursive: true });
  await writeModule(work, build);
  await go(work, ['list', ...tagsOf(build), '-deps', ...Object.values(build.programs)]);
}

function tagsOf(build: ToolBuild): string[] {
  return build.tags ? ['-tags', build.tags.join()] : [];
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
    return 'there is no `go` in PATH; install Go 1.26 or newer (https://go.dev/dl/)';
  }
  return cause instanceof Error ? cause.message : String(cause);
}

async function writeModule(work: string, build: ToolBuild): Promise<void> {
  if (build.source !== undefined) {
    for (const file of ['go.mod', 'main.go']) await copyFile(join(import.meta.dirname, 'programs', build.source, file), join(work, file));
    return;
  }
  const lines = ['module belfry.dev/tools', '', 'go 1.24.0', ''];
  for (const line of build.replace ?? []) lines.push(`replace ${line}`);
  if (build.replaceZeroVersions) {
    for (const module of await zeroVersions(work, build)) lines.push(`replace ${module} => ${module} ${build.replaceZeroVersions}`);
  }
  if (build.files) lines.push(`replace ${build.module} => ./${await copyWithFiles(work, build, build.files)}`);
  await writeFile(join(work, 'go.mod'), `${lines.join('\n')}\n`);
  if (build.sums) await writeFile(join(work, 'go.sum'), `${build.sums.join('\n')}\n`);
  const packages = Object.values(build.programs).map((pkg) => `${pkg}@${build.version}`);
  await go(work, ['get', ...packages]);
}

/** The modules that the module's own go.mod requires as v0.0.0: only its own repository can resolve those. */
async function zeroVersions(work: string, build: ToolBuild): Promise<string[]> {
  const { GoMod } = await downloadModule(work, build);
  const text = await readFile(GoMod, 'utf8');
  return [...text.matchAll(/^\s*(?:require )?(\S+) v0\.0\.0$/gm)].map((match) => match[1] ?? '');
}

/** The module alone, without what it requires: where its files are. */
async function downloadModule(work: string, build: ToolBuild): Promise<{ Dir: string; GoMod: string }> {
  await writeFile(join(work, 'go.mod'), 'module belfry.dev/tools\n');
  return JSON.parse(await go(work, ['mod', 'download', '-json', `${build.module}@${build.version}`])) as { Dir: string; GoMod: string };
}

/** The module as it is published, but for `files`; answers the folder in `work`. */
async function copyWithFiles(work: string, build: ToolBuild, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = 'source';
  const { Dir } = await downloadModule(work, build);
  await rm(join(work, folder), { recursive: true, force: true });
  await cp(Dir, join(work, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await rm(join(work, folder, path)); // read-only, as all of the module cache
    await writeFile(join(work, folder, path), `${text}\n`);
  }
  return folder;
}

async function buildPackages(work: string, out: string, build: ToolBuild, report: (done: number, total: number) => void): Promise<void> {
  const packages = Object.values(build.programs);
  const flags = [...tagsOf(build), '-trimpath', ...(build.profiled ? [] : ['-pgo=off'])];
  const total = (await go(work, ['list', ...flags, '-deps', '-f', '{{if .Stale}}x{{end}}', ...packages])).split('\n').filter(Boolean).length;
  const set = Object.entries(build.set ?? {}).map(([name, value]) => ` -X ${name}=${value}`).join('');
  const child = spawn('go', ['build', ...flags, '-v', '-ldflags', `-s -w${set}`, '-o', `${out}/`, ...packages], {
    cwd: work,
    env: goEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const timer = setInterval(() => report(said.split('\n').length - 1, total), 10_000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(said.split('\n').filter((line) => !/^[\w./~-]+$/.test(line)).slice(0, 20).join('\n'));
  } finally {
    clearInterval(timer);
  }
}

async function go(cwd: string, args: string[]): Promise<string> {
  const { stdout } = await execFileAsync('go', args, { cwd, env: goEnvironment(), maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

// A workspace or a vendor flag of the caller must not reach in; without cgo, the programs run in an empty image.
function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -buildvcs=false', GOWORK: 'off' };
}

// `go build -o dir/` names a program by its import path, whose last element may be a major version.
function outputName(pkg: string): string {
  return /^v\d+$/.test(basename(pkg)) ? basename(join(pkg, '..')) : basename(pkg);
}

const LOCK_POLL_MS = 500;

async function withBuildLock(label: string, work: () => Promise<void>): Promise<void> {
  const path = join(cacheDir(), 'build.lock');
  await mkdir(cacheDir(), { recursive: true });
  let saidHolder = '';
  for (;;) {
    const holder = await takeLock(path, label);
    if (holder === undefined) break;
    if (holder !== saidHolder) progress(`${label}: waiting for process ${holder}`);
    saidHolder = holder;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  try {
    await work();
  } finally {
    await rm(path, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 2 * LOCK_POLL_MS)); // whoever waits gets its turn before our next build
  }
}

/** Takes the lock, or tells who has it. A lock whose process is gone is taken over by exactly one of those who wait. */
async function takeLock(path: string, label: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${process.pid} (${label})\n`);
    await file.close();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const holder = (await readFile(path, 'utf8').catch(() => '')).trim();
  const pid = Number.parseInt(holder, 10);
  if (!Number.isNaN(pid) && !isAlive(pid)) {
    const stale = `${path}.${process.pid}`;
    await rename(path, stale).catch(() => undefined); // somebody else was faster
    const taken = (await readFile(stale, 'utf8').catch(() => '')).trim();
    // Two may see the same dead holder: whoever moved a live lock away puts it back.
    if (taken !== '' && taken !== holder) await rename(stale, path);
    else await rm(stale, { force: true });
  }
  return holder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** What a machine needs for `make test` and `make demo`; what is only compared with is built when asked for. */
export const DEFAULT_TOOLS: readonly string[] = [
  ...Object.keys(Object.assign({}, ...TOOL_BUILDS.map((build) => build.programs)) as Record<string, string>)
    .filter((name) => name !== 'prometheus-operator'),
  ...['2.45', '2.55', '3.5'].flatMap((release) => [`prometheus@${release}`, `promtool@${release}`]),
];

async function main(args: string[]): Promise<void> {
  if (args.includes('--list')) {
    for (const build of TOOL_BUILDS) {
      for (const name of Object.keys(build.programs)) {
        const state = isExecutable(cachedPath(name, build)) ? 'built' : 'missing';
        process.stdout.write(`${name.padEnd(24)} ${build.release.padEnd(8)} ${state.padEnd(8)} ${build.module}@${build.version}\n`);
      }
    }
    return;
  }
  const paths = await ensureTools(args.length > 0 ? args : DEFAULT_TOOLS);
  process.stdout.write(`${paths.join('\n')}\n`);
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`tools: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
