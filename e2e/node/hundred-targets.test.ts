import { expect } from 'chai';
import { kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { conditionOf, type BelfryResource } from '../support/belfry-resource.ts';
import { sharedNode } from '../support/shared-node.ts';
import type { NodeWithOperator } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'fleet';
const TOTAL = 100;
const BAD = ['target-017', 'target-042', 'target-099'] as const;
const [LOOK_AHEAD, NO_SECRET, NO_PORT] = BAD;
const NAMES = Array.from({ length: TOTAL }, (_, index) => `target-${String(index).padStart(3, '0')}`);

interface List<T> { readonly items: readonly T[] }
interface ConfigMap { readonly metadata: { readonly name: string; readonly resourceVersion: string }; readonly data?: Readonly<Record<string, string>> }
interface ActiveTarget { readonly scrapePool: string; readonly health: string; readonly labels: Readonly<Record<string, string>> }

/** Each scrapes the same shop with a parameter of its own, half of them through a Service and half by its address. */
function specOf(name: string, endpoint: object = {}, more: object = {}): object {
  const index = NAMES.indexOf(name);
  const where = index % 2 === 1 || name === NO_PORT ? { service: { matchLabels: { app: 'fleet' } } } : { static: { targets: [`fleet.${NAMESPACE}.svc:8080`] } };
  return { ...where, endpoints: [{ ...('service' in where ? { port: 'metrics' } : {}), interval: '2s', params: { name: [name] }, ...endpoint }], labels: { version: 'one' }, ...more };
}

const target = (name: string, spec: object): object => ({ apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name, namespace: NAMESPACE }, spec });
const lookAhead = { relabel: [{ action: 'replace', sourceLabels: ['__address__'], regex: '(?=fleet)(.*)', targetLabel: 'site' }] };
const BAD_SPECS: Readonly<Record<(typeof BAD)[number], object>> = {
  [LOOK_AHEAD]: specOf(LOOK_AHEAD, lookAhead),
  [NO_SECRET]: specOf(NO_SECRET, { auth: { bearerToken: { name: 'fleet-token', key: 'token' } } }),
  [NO_PORT]: specOf(NO_PORT, { port: 'metrix' }),
};

const STORY = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'fleet', namespace: NAMESPACE }, spec: { prometheus: { replicas: 2 }, alertmanager: { enabled: false }, grafana: { enabled: false } } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'fleet', namespace: NAMESPACE, labels: { app: 'fleet' } }, spec: { selector: { app: 'fleet' }, ports: [{ name: 'metrics', port: 8080 }] } },
  {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'fleet', namespace: NAMESPACE, labels: { app: 'fleet' } },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'fleet', image: 'belfry.dev/demo/shop:dev', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }, readinessProbe: { httpGet: { path: '/metrics', port: 8080 }, periodSeconds: 1 } }],
    },
  },
  ...NAMES.map((name) => target(name, (BAD_SPECS as Readonly<Record<string, object>>)[name] ?? specOf(name))),
];

describe('a hundred ScrapeTargets, three of them bad, on a real node', function () {
  this.timeout(480_000);
  let running: NodeWithOperator;

  const kubectlHere = (args: readonly string[], stdin?: object): Promise<string> => kubectlOk(running.kubeconfig, ['-n', NAMESPACE, ...args], stdin ? { stdin: JSON.stringify(stdin) } : {});
  const apply = (...objects: readonly object[]): Promise<string> => kubectlHere(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects });
  const targets = async (): Promise<ReadonlyMap<string, BelfryResource>> => {
    const { items } = await kubectlJson<List<BelfryResource>>(running.kubeconfig, ['get', 'scrapetarget', '-n', NAMESPACE]);
    return new Map(items.map((item) => [item.metadata.name, item]));
  };
  /** Waits until exactly these are not live at their present generation. */
  const untilLiveBut = (names: readonly string[]) => waitFor(`all but ${names.join(', ') || 'none'} to be live`, async (seen) => {
    const all = await targets();
    const open = [...all.values()].filter((one) => conditionOf(one, 'Live')?.status !== 'True').map(({ metadata }) => metadata.name);
    seen(open);
    return open.join() === names.join() && open.every((name) => conditionOf(all.get(name) as BelfryResource, 'Accepted')?.status === 'False') ? all : undefined;
  }, { timeoutMs: 180_000, intervalMs: 300 });

  /** What a replica of the real Prometheus says of its targets, by the name of their ScrapeTarget. */
  async function askPrometheus(replica: number): Promise<ReadonlyMap<string, ActiveTarget>> {
    const text = await kubectlHere(['get', '--raw', `/api/v1/namespaces/${NAMESPACE}/pods/prometheus-fleet-${replica}:9090/proxy/api/v1/targets?state=active`]);
    const { data } = JSON.parse(text) as { data: { activeTargets: readonly ActiveTarget[] } };
    return new Map(data.activeTargets.filter(({ scrapePool }) => scrapePool.startsWith(`scrapetarget/${NAMESPACE}/`)).map((one) => [one.scrapePool.split('/')[2] ?? '', one]));
  }

  /** Up, at the latest with the next scrape: one of two hundred that begin every two seconds may come too late on a busy machine. */
  const untilUp = (name: string, replica: number): Promise<unknown> => waitFor(`${name} to be up`, async (seen) => {
    const found = (await askPrometheus(replica)).get(name);
    seen(found);
    return found?.health === 'up';
  }, { timeoutMs: 30_000, intervalMs: 500 });

  async function configMaps(): Promise<readonly ConfigMap[]> {
    return (await kubectlJson<List<ConfigMap>>(running.kubeconfig, ['get', 'configmap', '-n', NAMESPACE, '-l', 'belfry.dev/part=prometheus-config'])).items;
  }

  /** The written text of each ScrapeTarget, byte by byte, cut at the comments that name the owners. */
  function pieces(maps: readonly ConfigMap[]): Map<string, string> {
    const found = new Map<string, string>();
    for (const { data = {} } of maps) {
      for (const [file, text] of Object.entries(data)) {
        if (!file.startsWith('scrape-')) continue;
        for (const piece of text.split(/^# ScrapeTarget\/fleet\//m).slice(1)) found.set(piece.slice(0, piece.indexOf('\n')), piece.slice(piece.indexOf('\n') + 1));
      }
    }
    return found;
  }

  /** That between two looks only these ScrapeTargets' texts differ, and no ConfigMap was written that holds none of them. */
  function expectOnlyChanged(earlier: readonly ConfigMap[], later: readonly ConfigMap[], names: readonly string[]): void {
    const [old, now] = [pieces(earlier), pieces(later)];
    const changed = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
    expect(changed.sort()).to.deep.equal([...names].sort());
    const holds = (map: ConfigMap): boolean => names.some((name) => pieces([map]).has(name));
    const versions = (maps: readonly ConfigMap[]) => new Map(maps.map((map) => [map.metadata.name, map]));
    for (const [name, map] of versions(later)) {
      const before = versions(earlier).get(name);
      if (!holds(map) && !(before && holds(before))) expect(before?.metadata.resourceVersion, `version of ConfigMap ${name}, which nobody asked to change`).to.equal(map.metadata.resourceVersion);
    }
  }

  before(async () => {
    running = await sharedNode();
    await kubectlOk(running.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: STORY }) });
  });
  after(async () => {
    if (!running) return;
    // The stack first: the next file measures rest, and a namespace that goes away takes the objects of a stack before the stack.
    await kubectlHere(['delete', 'mstack', 'fleet', '--ignore-not-found', '--timeout=180s']);
    await waitFor('its pods to go', async () => (await kubectlHere(['get', 'pods', '-l', 'belfry.dev/stack=fleet', '-o', 'name'])).trim() === '', { timeoutMs: 180_000, intervalMs: 1_000 });
    await kubectlOk(running.kubeconfig, ['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=180s']);
  });

  it('97 become live and are scraped; the 3 say field, value and mend', async () => {
    const all = await untilLiveBut(BAD);
    const accepted = (name: string) => conditionOf(all.get(name) as BelfryResource, 'Accepted');
    expect(accepted(LOOK_AHEAD)?.reason).to.equal('RelabelRuleInvalid');
    expect(accepted(LOOK_AHEAD)?.message).to.include('spec.endpoints[0].relabel[0].regex').and.include('(?=fleet)(.*)').and.match(/RE2|look-?ahead/i);
    expect(accepted(NO_SECRET)?.reason).to.equal('SecretMissing');
    expect(accepted(NO_SECRET)?.message).to.include('spec.endpoints[0].auth.bearerToken').and.include('fleet/fleet-token').and.include('kubectl create secret generic fleet-token --namespace fleet --from-file=token=');
    expect(accepted(NO_PORT)?.reason).to.equal('PortNameUnknown');
    expect(accepted(NO_PORT)?.message).to.include('spec.endpoints[0].port').and.include('metrix').and.include('did you mean metrics?');
    for (const name of BAD) {
      const one = all.get(name) as BelfryResource;
      expect([conditionOf(one, 'Ready')?.status, conditionOf(one, 'Stalled')?.status, conditionOf(one, 'Live')?.reason], name).to.deep.equal(['False', 'True', 'NotAccepted']);
    }
    await waitFor('97 targets up, in the stack\'s status as in Prometheus', async (seen) => {
      const { status } = await kubectlJson<BelfryResource>(running.kubeconfig, ['get', 'mstack', 'fleet', '-n', NAMESPACE]);
      const scraped = await Promise.all([0, 1].map(async (replica) => [...(await askPrometheus(replica)).values()].filter(({ health }) => health === 'up').length));
      seen([status?.targets, scraped]);
      return status?.targets?.selected === TOTAL && status.targets.rejected === 3 && scraped.every((count) => count === TOTAL - 3);
    }, { timeoutMs: 180_000, intervalMs: 500 });
  });

  it('the bad ones go live once they are mended, and nothing else changes by a byte', async () => {
    const earlier = await configMaps();
    await kubectlHere(['create', 'secret', 'generic', 'fleet-token', '--from-literal=token=s3cr3t']);
    await apply(target(LOOK_AHEAD, specOf(LOOK_AHEAD, { relabel: [{ action: 'replace', sourceLabels: ['__address__'], regex: '(fleet.*)', targetLabel: 'site' }] })), target(NO_PORT, specOf(NO_PORT)));
    await untilLiveBut([]);
    const later = await configMaps();
    expectOnlyChanged(earlier, later, BAD);
    expect(JSON.stringify(later)).not.to.include('s3cr3t').and.not.include(Buffer.from('s3cr3t').toString('base64'));
    await waitFor('all of them up in both replicas', async () => {
      const seen = await Promise.all([0, 1].map(askPrometheus));
      return seen.every((known) => NAMES.every((name) => known.get(name)?.health === 'up'));
    }, { timeoutMs: 180_000, intervalMs: 500 });
  });

  it('a good one that turns bad keeps its last good version live, and says so', async () => {
    const name = 'target-020';
    const earlier = await configMaps();
    await apply(target(name, specOf(name, lookAhead, { labels: { version: 'two' } })));
    const all = await untilLiveBut([name]);
    const one = all.get(name) as BelfryResource;
    expect(conditionOf(one, 'Live')?.reason).to.equal('LastGoodKept');
    expect(conditionOf(one, 'Live')?.message).to.include('the last good one stays live');
    expect(conditionOf(one, 'Accepted')?.message).to.include('spec.endpoints[0].relabel[0].regex').and.include('(?=fleet)(.*)');
    for (const replica of [0, 1]) {
      const kept = (await askPrometheus(replica)).get(name);
      expect(kept?.labels).to.include({ version: 'one' });
      await untilUp(name, replica);
    }
    expectOnlyChanged(earlier, await configMaps(), []);

    // The newest version is the one that goes live once it is good.
    await apply(target(name, specOf(name, {}, { labels: { version: 'three' } })));
    await untilLiveBut([]);
    await waitFor('the newest version to be scraped', async () => (await Promise.all([0, 1].map(askPrometheus))).every((known) => known.get(name)?.labels['version'] === 'three'), { timeoutMs: 120_000 });
    expectOnlyChanged(earlier, await configMaps(), [name]);
  });

  it('a Secret that goes away takes nothing out: the target stays up with what it had, and the status asks for the Secret', async () => {
    await kubectlHere(['delete', 'secret', 'fleet-token']);
    const all = await untilLiveBut([NO_SECRET]);
    expect(conditionOf(all.get(NO_SECRET) as BelfryResource, 'Accepted')?.reason).to.equal('SecretMissing');
    expect(conditionOf(all.get(NO_SECRET) as BelfryResource, 'Live')?.reason).to.equal('LastGoodKept');
    for (const replica of [0, 1]) await untilUp(NO_SECRET, replica);
    await kubectlHere(['create', 'secret', 'generic', 'fleet-token', '--from-literal=token=other']);
    await untilLiveBut([]);
  });

  it('no pod of it was restarted or replaced in all that', async () => {
    const { items } = await kubectlJson<List<{ metadata: { name: string; generation?: number }; status: { containerStatuses?: readonly { restartCount: number; lastState?: object }[] } }>>(running.kubeconfig, ['get', 'pods', '-n', NAMESPACE, '-l', 'app.kubernetes.io/name=prometheus']);
    expect(items.map(({ metadata }) => metadata.name).sort()).to.deep.equal(['prometheus-fleet-0', 'prometheus-fleet-1']);
    const statuses = items.flatMap(({ status }) => status.containerStatuses ?? []);
    expect(statuses.map(({ restartCount }) => restartCount), JSON.stringify(statuses.map(({ lastState }) => lastState))).to.deep.equal([0, 0]);
    const { metadata } = await kubectlJson<{ metadata: { generation: number } }>(running.kubeconfig, ['get', 'statefulset', 'prometheus-fleet', '-n', NAMESPACE]);
    expect(metadata.generation).to.equal(1);
  });
});
