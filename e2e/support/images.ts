/**
 * Container images without a registry: a tar of static binaries, laid out like the image that the project publishes
 * (paths, user, working directory, command), under the same name. What a real image has beside that, a shell say, these have not.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from './kubectl.ts';
import { ensureProgram, type ProgramName } from './programs.ts';
import { digestOf, tarPieces, type TarEntry } from './tar.ts';
import { cacheDir, ensureTool } from './tools.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const NOBODY = 65534;

/** What an image holds and how it starts. */
export interface ImageSpec {
  /** Path in the image, absolute, to a file of this machine; the mode becomes 0755. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that `uid` owns. */
  readonly folders?: readonly string[];
  /** As in a Dockerfile: a number, or a name that /etc/passwd here knows (root, nobody). */
  readonly user?: string;
  readonly uid?: number;
  readonly workingDir?: string;
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly string[];
}

type Maker = (tag: string) => Promise<ImageSpec>;

const server = (tool: string, binary: string, rest: Omit<ImageSpec, 'files' | 'entrypoint'>): Maker =>
  async () => ({ files: { [binary]: await ensureTool(tool) }, entrypoint: [binary], ...rest });

const program = (name: ProgramName, uid: number): Maker =>
  async () => ({ files: { [`/${name}`]: await ensureProgram(name) }, entrypoint: [`/${name}`], user: `${uid}` });

/** Image repository to what is in it. The tag chooses the release where more than one can be built. */
const IMAGES: Readonly<Record<string, Maker>> = {
  'quay.io/prometheus/prometheus': async (tag) => ({
    files: { '/bin/prometheus': await ensureTool(`prometheus@${tag}`) },
    folders: ['/prometheus/'], uid: NOBODY, user: 'nobody', workingDir: '/prometheus',
    entrypoint: ['/bin/prometheus'],
    command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
  }),
  'quay.io/prometheus/alertmanager': server('alertmanager', '/bin/alertmanager', {
    folders: ['/alertmanager/'], uid: NOBODY, user: 'nobody', workingDir: '/alertmanager',
    command: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager'],
  }),
  'quay.io/prometheus/node-exporter': server('node_exporter', '/bin/node_exporter', { user: 'nobody' }),
  'quay.io/prometheus/blackbox-exporter': server('blackbox_exporter', '/bin/blackbox_exporter', {
    command: ['--config.file=/etc/blackbox_exporter/config.yml'],
  }),
  'quay.io/prometheus/pushgateway': server('pushgateway', '/bin/pushgateway', {
    folders: ['/pushgateway/'], uid: NOBODY, user: `${NOBODY}`, workingDir: '/pushgateway',
  }),
  'quay.io/thanos/thanos': server('thanos', '/bin/thanos', { user: '1001' }),
  'registry.k8s.io/kube-state-metrics/kube-state-metrics': server('kube-state-metrics', '/kube-state-metrics', {
    user: `${NOBODY}`, command: ['--port=8080', '--telemetry-port=8081'],
  }),
  'registry.k8s.io/metrics-server/metrics-server': server('metrics-server', '/metrics-server', { user: `${NOBODY}` }),
  'registry.k8s.io/prometheus-adapter/prometheus-adapter': server('adapter', '/adapter', { user: `${NOBODY}` }),
  'registry.k8s.io/node-problem-detector/node-problem-detector': async () => ({
    // With a shell, as the published one has (Debian's): plugins are scripts.
    files: { '/node-problem-detector': await ensureTool('nodeproblemdetector'), ...(await withLibraries('/bin/sh')) }, entrypoint: ['/node-problem-detector'],
  }),
  'docker.io/otel/opentelemetry-collector-contrib': server('otelcol', '/otelcol-contrib', { user: '10001', command: ['--config', '/etc/otelcol-contrib/config.yaml'] }),
  'docker.io/grafana/loki': server('loki', '/usr/bin/loki', { folders: ['/loki/'], uid: 10001, user: '10001', command: ['-config.file=/etc/loki/local-config.yaml'] }),
  'registry.k8s.io/coredns/coredns': server('coredns', '/coredns', {}),
  'registry.k8s.io/pause': program('pause', 65535),
  'docker.io/grafana/grafana': async () => ({
    files: { '/run.sh': await ensureProgram('grafana-stand-in') }, // a stand-in: see its main.go
    folders: ['/etc/grafana/', '/var/lib/grafana/'], uid: 472, user: '472', workingDir: '/usr/share/grafana', entrypoint: ['/run.sh'],
  }),
  // A stand-in (see its main.go), unless BELFRY_BEYLA names a real one: its Go module is not published with what it embeds.
  'docker.io/grafana/beyla': async () => ({ files: { '/beyla': process.env['BELFRY_BEYLA'] ?? (await ensureProgram('beyla-stand-in')) }, entrypoint: ['/beyla'] }),
  'ghcr.io/belfry-dev/belfry': operatorImage,
  'belfry.dev/demo/shop': program('demo-shop', 65532),
  'belfry.dev/demo/pager': program('demo-pager', 65532),
  'belfry.dev/test/subject': program('test-subject', 65532),
};

/** Node 24 with the libraries it is linked against, and what `npm run build` makes. */
async function operatorImage(): Promise<ImageSpec> {
  const dist = join(CHECKOUT, 'dist');
  const bundle = await readdir(dist, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Error('dist/belfry.js is missing: npm run build', { cause });
  });
  const parts = bundle.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const { [process.execPath]: node = process.execPath, ...libraries } = await withLibraries(process.execPath);
  return {
    files: {
      '/usr/local/bin/node': node, ...libraries,
      ...Object.fromEntries(parts.map((path) => [`/app/${relative(dist, path)}`, path])),
      // Says that a .js file is an ES module.
      '/app/package.json': join(CHECKOUT, 'package.json'),
    },
    user: '65532', workingDir: '/app', entrypoint: ['/usr/local/bin/node', '/app/belfry.js'], env: ['NODE_ENV=production'],
  };
}

/** A program of this machine and the libraries it is linked against, at their own paths. */
async function withLibraries(binary: string): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await runCommand(['ldd', binary]);
  if (code !== 0) throw new Error(`ldd ${binary}: ${stderr}`);
  // "libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)" and, for the loader, "/lib64/ld-linux-x86-64.so.2 (0x…)"
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
  return Object.fromEntries([binary, ...libraries].map((path) => [path, path]));
}

/** Every repository that an image can be made for. */
export const IMAGE_REPOSITORIES: readonly string[] = Object.keys(IMAGES);

/** Whether `makeImage` can make it. */
export function canMakeImage(reference: string): boolean {
  return splitReference(reference).repository in IMAGES;
}

/** A reference with its registry spelt out: `grafana/grafana:12` is `docker.io/grafana/grafana:12`, which is what containerd looks up. */
export function splitReference(reference: string): { repository: string; tag: string } {
  const [, name = '', tag = 'latest'] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(reference) ?? [];
  const [first = ''] = name.split('/');
  const hasRegistry = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const path = name.includes('/') ? name : `library/${name}`;
  return { repository: hasRegistry ? name : `docker.io/${path}`, tag };
}

/** Makes the image as a tar that `ctr images import` reads, and answers its path; one made of the same files before is used again. */
export async function makeImage(reference: string): Promise<string> {
  const { repository, tag } = splitReference(reference);
  const maker = IMAGES[repository];
  if (maker === undefined) throw new Error(`no image for ${reference}; there are ${IMAGE_REPOSITORIES.join(', ')}`);
  const spec = await maker(tag);
  const key = await keyOf(spec);
  const path = join(cacheDir(), 'images', `${repository}_${tag}`.replaceAll(/[^\w.-]/g, '_'), `${key}.tar`);
  if (await stat(path).then(() => true, () => false)) return path;
  await mkdir(join(path, '..'), { recursive: true });
  const half = `${path}.${process.pid}`;
  await pipeline(await imagePieces(`${repository}:${tag}`, spec), createWriteStream(half));
  await rename(half, path);
  await forgetOldImages(path);
  return path;
}

const KEEP_MS = 60 * 60 * 1000;

// The operator's image is a new one with every build; one that was just made may still be on its way into a node.
async function forgetOldImages(newest: string): Promise<void> {
  const dir = join(newest, '..');
  for (const name of await readdir(dir)) {
    const { mtimeMs } = await stat(join(dir, name));
    if (Date.now() - mtimeMs > KEEP_MS) await rm(join(dir, name), { force: true });
  }
}

async function keyOf(spec: ImageSpec): Promise<string> {
  const stats = await Promise.all(Object.values(spec.files).map(async (file) => {
    const { size, mtimeMs } = await stat(file);
    return [file, size, mtimeMs];
  }));
  return createHash('sha256').update(JSON.stringify([spec, stats])).digest('hex').slice(0, 12);
}

async function imagePieces(name: string, spec: ImageSpec): Promise<Buffer[]> {
  const layer = tarPieces(await layerEntries(spec));
  const layerDigest = digestOf(layer);
  const config = Buffer.from(JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: {
      User: spec.user ?? '', WorkingDir: spec.workingDir ?? '/', Entrypoint: spec.entrypoint, Cmd: spec.command ?? [],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(spec.env ?? [])],
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created: '1970-01-01T00:00:00Z' }],
  }));
  const configName = `${digestOf([config])}.json`;
  const layerName = `${layerDigest}.tar`;
  const manifest = Buffer.from(JSON.stringify([{ Config: configName, RepoTags: [name], Layers: [layerName] }]));
  const head = tarPieces([{ path: 'manifest.json', content: manifest }, { path: configName, content: config }]).slice(0, -1);
  // The layer goes in as it is: its pieces stand in for the content of one entry.
  const size = layer.reduce((sum, piece) => sum + piece.length, 0);
  const [layerHeader = Buffer.alloc(0), , padding = Buffer.alloc(0), end = Buffer.alloc(0)] = tarPieces([{ path: layerName, size }]);
  return [...head, layerHeader, ...layer, padding, end];
}

async function layerEntries(spec: ImageSpec): Promise<TarEntry[]> {
  const files = await Promise.all(Object.entries(spec.files).map(async ([path, source]) =>
    ({ path: path.slice(1), content: await readFile(source), mode: 0o755 })));
  return [
    ...foldersOf(Object.keys(spec.files).concat('/etc/passwd', ...(spec.folders ?? []), `${spec.workingDir ?? ''}/`)),
    ...(spec.folders ?? []).map((path) => ({ path: path.slice(1), uid: spec.uid ?? 0, gid: spec.uid ?? 0 })),
    { path: 'tmp/', mode: 0o1777 },
    { path: 'etc/passwd', content: Buffer.from('root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/home:/sbin/nologin\n') },
    { path: 'etc/group', content: Buffer.from('root:x:0:\nnobody:x:65534:\nnogroup:x:65534:\n') },
    { path: 'etc/nsswitch.conf', content: Buffer.from('hosts: files dns\n') },
    ...files,
  ];
}

function foldersOf(paths: readonly string[]): TarEntry[] {
  const folders = new Set(paths.flatMap((path) => {
    const parts = path.split('/').slice(1, -1);
    return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
  }));
  return [...folders].sort().map((path) => ({ path }));
}

async function main(references: string[]): Promise<void> {
  for (const reference of references) process.stdout.write(`${await makeImage(reference)}\n`);
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`images: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
