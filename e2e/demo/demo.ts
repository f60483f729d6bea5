/**
 * The demo: from nothing to a shop that is monitored, and to an alert that reached its pager.
 *
 *   node e2e/demo/demo.ts up      builds what is missing, starts a node (or takes the cluster of $DEMO_KUBECONFIG), tells the story
 *   node e2e/demo/demo.ts down    ends the node, or removes what `up` applied to that cluster
 *
 * Needs dist/belfry.js (`make demo` sees to that).
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl, kubectlJson, kubectlOk, runCommand } from '../support/kubectl.ts';
import { listNodes, loadNodeImages, nodeObstacles, startNode, stopNode } from '../support/node.ts';
import { cacheDir, ensureTools, toolPath } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BELFRY = [process.execPath, join(ROOT, 'dist', 'belfry.js')];
const STORY = join(import.meta.dirname, 'story.yaml');
const STATE = join(cacheDir(), 'demo.json');
const OWN_IMAGES = ['belfry.dev/demo/shop:dev', 'belfry.dev/demo/pager:dev'];

const startedAt = performance.now();
const seconds = (sinceMs = startedAt): string => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

function say(line: string): void {
  process.stdout.write(`${`[${seconds()}]`.padStart(9)} ${line}\n`);
}

/** Says what is going on every few seconds while `work` takes its time. */
async function watched<T>(what: string, work: Promise<T>): Promise<T> {
  const begun = performance.now();
  const timer = setInterval(() => say(`  still waiting for ${what} (${seconds(begun)})`), 5_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

interface Place {
  readonly kubeconfig: string;
  /** Where NodePorts answer; absent for a cluster of the user's. */
  readonly address?: string;
  readonly node?: string;
}

async function up(): Promise<void> {
  const begin = performance.now();
  const images = await imagesOfTheDemo();
  const own = process.env['DEMO_KUBECONFIG'];
  const place = own ? { kubeconfig: own } : await placeOnThisMachine(images);
  if (own) await explainImages(own);
  await install(place);
  await tellStory(place);
  await showTargets(place);
  await raiseAlert(place);
  closing(place, performance.now() - begin);
}

/** What the pods of the story ask for, as the operator itself renders it. */
async function imagesOfTheDemo(): Promise<string[]> {
  const install = await belfry(['install']);
  const rendered = await belfry(['render', '-f', STORY]);
  const asked = [...`${install}\n${rendered}`.matchAll(/^\s*(?:- )?image: "?([^\s"]+)"?$/gm)].map((match) => match[1] ?? '');
  return [...new Set([...asked, ...OWN_IMAGES])];
}

async function belfry(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand([...BELFRY, ...args]);
  if (code !== 0) throw new Error(`belfry ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}

async function placeOnThisMachine(images: readonly string[]): Promise<Place> {
  const obstacles = await nodeObstacles();
  if (obstacles.length > 0) {
    throw new Error([
      'this machine cannot run a node of its own:', ...obstacles.map((each) => `  - ${each}`),
      'A cluster that you have will do: DEMO_KUBECONFIG=~/.kube/config make demo (it says which images to load).',
    ].join('\n'));
  }
  const known = await readState();
  const running = (await listNodes()).find((node) => node.name === known?.node);
  if (running !== undefined) {
    say(`the node of the last demo is still up: ${running.name} (make demo-down ends it)`);
    await loadNodeImages(running.name, images, (line) => say(`  ${line}`));
    return { kubeconfig: running.kubeconfig, address: running.address, node: running.name };
  }
  say('starting a Kubernetes node: etcd, API server, containerd, kubelet, DNS');
  const node = await startNode({ detached: true, images, progress: (line) => say(`  ${line}`) });
  await writeState({ node: node.name });
  return { kubeconfig: node.kubeconfig, address: node.address, node: node.name };
}

async function explainImages(kubeconfig: string): Promise<void> {
  const { code, stderr } = await kubectl(kubeconfig, ['get', 'namespaces']);
  if (code !== 0) throw new Error(`the cluster of ${kubeconfig} does not answer: ${stderr.trim()}`);
  await writeState({ kubeconfig });
  say('three images are in no registry; load them first, for kind say:');
  for (const image of ['ghcr.io/belfry-dev/belfry:TAG', ...OWN_IMAGES]) say(`  kind load image-archive "$(node e2e/support/images.ts ${image})"`);
}

async function install(place: Place): Promise<void> {
  say('belfry install | kubectl apply --server-side -f -');
  const manifests = await belfry(['install']);
  const { code } = await kubectl(place.kubeconfig, ['-n', 'belfry-system', 'get', 'deployment', 'belfry']);
  const isThere = code === 0;
  await kubectlOk(place.kubeconfig, ['apply', '--server-side', '-f', '-'], { stdin: manifests });
  // The image keeps its name from one build to the next.
  if (isThere) await kubectlOk(place.kubeconfig, ['-n', 'belfry-system', 'rollout', 'restart', 'deployment/belfry']);
  await watched('the operator', kubectlOk(place.kubeconfig, ['-n', 'belfry-system', 'rollout', 'status', 'deployment/belfry', '--timeout=100s']));
  say('the operator runs, as a pod in belfry-system');
}

interface Conditions {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string; readonly observedGeneration: number }[] };
}

async function tellStory({ kubeconfig }: Place): Promise<void> {
  say('kubectl apply -f e2e/demo/story.yaml   (a shop, one MonitoringStack, one ScrapeTarget, one AlertPolicy, a pager)');
  const applied = performance.now();
  await waitFor('the story to be accepted', () => kubectlOk(kubeconfig, ['apply', '--server-side', '--force-conflicts', '-f', STORY]), { timeoutMs: 20_000, intervalMs: 1_000 });
  for (const [kind, name] of [['monitoringstack', 'shop'], ['scrapetarget', 'checkout'], ['alertpolicy', 'checkout']] as const) {
    await watched(`${kind} ${name}`, waitFor(`${kind} shop/${name} to be Ready`, async (seen) => {
      const { metadata, status } = await kubectlJson<Conditions>(kubeconfig, ['-n', 'shop', 'get', kind, name]);
      seen(status?.conditions?.filter((condition) => condition.status !== 'True').map(({ type, reason, message }) => `${type}: ${reason}: ${message}`));
      return status?.conditions?.some((condition) =>
        condition.type === 'Ready' && condition.status === 'True' && condition.observedGeneration === metadata.generation);
    }, { timeoutMs: 120_000, intervalMs: 250 }));
    say(`${kind} shop/${name} is Ready (${seconds(applied)} after the apply)`);
  }
}

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

async function showTargets({ kubeconfig }: Place): Promise<void> {
  const targets = await waitFor('all targets to be up', async (seen) => {
    const path = '/api/v1/namespaces/shop/pods/prometheus-shop-0:9090/proxy/api/v1/targets?state=active';
    const { data } = JSON.parse(await kubectlOk(kubeconfig, ['get', '--raw', path])) as { data: { activeTargets: Target[] } };
    seen(data.activeTargets.map(({ scrapeUrl, health, lastError }) => `${scrapeUrl} ${health} ${lastError}`));
    const isUp = data.activeTargets.length > 2 && data.activeTargets.every((target) => target.health === 'up');
    return isUp ? data.activeTargets : undefined;
  }, { timeoutMs: 60_000, intervalMs: 500 });
  process.stdout.write('\n');
  const rows = [['JOB', 'NAMESPACE', 'POD', 'URL', 'HEALTH'], ...targets.map(({ labels, scrapeUrl, health }) =>
    [labels['job'] ?? '', labels['namespace'] ?? '', labels['pod'] ?? '', scrapeUrl, health])];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) process.stdout.write(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`);
  process.stdout.write('\n');
}

interface Page {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receiver: string;
}

async function raiseAlert({ kubeconfig }: Place): Promise<void> {
  const before = await watched('the alert of the last time to resolve', quietPager(kubeconfig));
  say('now 30% of the checkouts fail');
  const broke = performance.now();
  await setErrors(kubeconfig, 30);
  try {
    const page = await watched('the alert', waitFor('the alert CheckoutErrors to reach the pager', async (seen) => {
      const now = await pages(kubeconfig);
      seen(now.slice(before));
      return now.slice(before).find((each) => each.labels['alertname'] === ALERT && each.status === 'firing');
    }, { timeoutMs: 90_000, intervalMs: 500 }));
    say(`the pager was told, ${seconds(broke)} later: ${page.labels['alertname']} (${page.labels['severity']}): ${page.annotations['summary']}`);
  } finally {
    await setErrors(kubeconfig, 0);
  }
  say('the checkouts are fine again; the alert resolves by itself');
}

const ALERT = 'CheckoutErrors';

/** Waits until the pager's last word on the alert is not that it fires; answers how many pages there are. An alert that goes on firing is not sent twice. */
async function quietPager(kubeconfig: string): Promise<number> {
  await setErrors(kubeconfig, 0);
  return waitFor('the alert of the last time to resolve', async (seen) => {
    const now = await pages(kubeconfig);
    const last = now.filter((each) => each.labels['alertname'] === ALERT).at(-1);
    seen(last);
    return last?.status === 'firing' ? undefined : { count: now.length };
  }, { timeoutMs: 120_000, intervalMs: 500 }).then(({ count }) => count);
}

async function setErrors(kubeconfig: string, percent: number): Promise<void> {
  const { items } = await kubectlJson<{ items: { metadata: { name: string } }[] }>(kubeconfig, ['-n', 'shop', 'get', 'pods', '-l', 'app=checkout', '--field-selector=status.phase=Running']);
  for (const { metadata } of items) {
    await kubectlOk(kubeconfig, ['create', '--raw', `/api/v1/namespaces/shop/pods/${metadata.name}:8080/proxy/errors?percent=${percent}`, '-f', '-'], { stdin: ' ' });
  }
}

async function pages(kubeconfig: string): Promise<Page[]> {
  return JSON.parse(await kubectlOk(kubeconfig, ['get', '--raw', '/api/v1/namespaces/shop/services/pager:8080/proxy/alerts'])) as Page[];
}

function closing({ kubeconfig, address }: Place, tookMs: number): void {
  const open = address === undefined
    ? ['kubectl -n shop port-forward svc/open-prometheus 9090', 'kubectl -n shop port-forward svc/open-alertmanager 9093', 'kubectl -n shop port-forward svc/open-grafana 3000']
    : [`Prometheus     http://${address}:30090`, `Alertmanager   http://${address}:30093`,
      `Grafana        http://${address}:30300   (a stand-in: its server cannot be built from a Go module; it lists the files mounted for it)`];
  process.stdout.write([
    '', `Done in ${(tookMs / 1000).toFixed(0)} s. To open, on this machine:`, ...open.map((line) => `  ${line}`),
    '', 'To try next:',
    `  export KUBECONFIG=${kubeconfig}`,
    `  alias kubectl='${toolPath('kubectl')}' belfry='${BELFRY.join(' ')}'`,
    '  kubectl -n shop get mstack,scrapetargets,alertpolicies',
    '  belfry status -A',
    '  kubectl -n shop patch scrapetarget checkout --type=merge -p \'{"spec":{"endpoints":[{"port":"metrix"}]}}\'   # a mistake',
    '  kubectl -n shop get scrapetarget checkout                                                                # and the answer to "why"',
    '  kubectl -n shop logs deploy/pager',
    '  make demo-down', '',
  ].join('\n'));
}

interface State {
  readonly node?: string;
  readonly kubeconfig?: string;
}

async function readState(): Promise<State | undefined> {
  return readFile(STATE, 'utf8').then((text) => JSON.parse(text) as State, () => undefined);
}

async function writeState(state: State): Promise<void> {
  await mkdir(cacheDir(), { recursive: true });
  await writeFile(STATE, JSON.stringify(state));
}

async function down(): Promise<void> {
  const state = await readState();
  if (state?.node !== undefined) {
    say(await stopNode(state.node) ? `${state.node} is stopped, and nothing is left of it` : `${state.node} was gone already`);
  } else if (state?.kubeconfig !== undefined) {
    say('removing the story and the operator from the cluster');
    await kubectlOk(state.kubeconfig, ['delete', '--ignore-not-found', '-f', STORY]);
    await kubectlOk(state.kubeconfig, ['delete', '--ignore-not-found', '-f', '-'], { stdin: await belfry(['install']) });
  } else {
    say('no demo is running');
  }
  await rm(STATE, { force: true });
}

async function main(command: string | undefined): Promise<void> {
  if (command === 'down') return down();
  if (command !== 'up') throw new Error('usage: node e2e/demo/demo.ts up | down');
  await ensureTools(['kubectl']);
  return up();
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
