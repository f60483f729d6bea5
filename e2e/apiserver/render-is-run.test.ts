import { expect } from 'chai';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { readFiles } from '../../src/cli/read-files.ts';
import { conditionOf, type BelfryResource } from '../support/belfry-resource.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { kubectlJson, kubectlOk, runCommand } from '../support/kubectl.ts';
import { FROM_SOURCE, installOperator } from '../support/operator.ts';
import type { Program } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';

interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string; readonly subresource?: string; readonly fieldsV1: object }[];
  };
  readonly data?: Readonly<Record<string, string>>;
}
interface List<T> { readonly items: readonly T[] }

const ROOT = join(import.meta.dirname, '../..');
const stories = readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
/** Those that go alone, before the others: stacks of the whole cluster select what all of them bring; one has names that another has too. */
const ALONE = ['cluster-wide', 'logs', 'network-flows', 'gitops-argocd'];
/** What an operator may ever write; the API server's answer to `kubectl api-resources` less what it makes itself. */
const KINDS = 'configmaps,secrets,services,serviceaccounts,daemonsets,deployments,statefulsets,ingresses,networkpolicies,poddisruptionbudgets,roles,rolebindings,clusterroles,clusterrolebindings,apiservices,jobs,cronjobs,persistentvolumeclaims,namespaces';

/** Where a platform is looked at, the operator knows more than files do: the example is told what would be found. */
const ADDRESSES = Object.fromEntries(['controllerManager', 'scheduler', 'proxy', 'etcd', 'dns'].map((part) => [part, { addresses: ['10.0.0.7'] }]));

/** The objects of a story as `kubectl apply -f` takes them: in the order of its files, without folders below. */
async function documentsOf(story: string): Promise<readonly KubeObject[]> {
  const { manifests } = await readFiles([join(ROOT, 'examples', story)], { readStdin: async () => '' });
  return manifests.filter(({ file }) => dirname(file) === join(ROOT, 'examples', story)).map(({ object }) => {
    const spec = object['spec'] as { readonly scope?: string } | undefined;
    return object.kind === 'MonitoringStack' && spec?.scope === 'Cluster' ? { ...object, spec: { ...spec, kubernetes: ADDRESSES } } : object;
  });
}

const keyOf = ({ kind, metadata: { namespace, name } }: LiveObject): string => [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');
const byKey = (objects: readonly LiveObject[]): Map<string, LiveObject> => new Map(objects.map((object) => [keyOf(object), object]));

/** What the operator says that it wants of an object: the fields that server-side apply keeps under its name. */
function appliedFields({ metadata }: LiveObject): object | undefined {
  return metadata.managedFields?.find(({ manager, operation, subresource }) => manager === 'belfry' && operation === 'Apply' && subresource === undefined)?.fieldsV1;
}

/** The object without what the API server counts. */
function content(object: LiveObject): object {
  const { metadata, status: _status, ...rest } = object as LiveObject & { status?: object };
  const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...kept } = metadata as LiveObject['metadata'] & { resourceVersion?: string; generation?: number };
  return { ...rest, metadata: kept };
}

describe('what belfry render prints and what the operator writes', function () {
  this.timeout(240_000);
  let plane: ControlPlane;
  let operator: Program;
  /** What the README of an example asks its reader to bring. */
  let brought: readonly object[];
  const directory = mkdtempSync(join(tmpdir(), 'belfry-render-'));

  before(async () => {
    plane = await startControlPlane();
    brought = [];
    operator = await installOperator(plane);
    const storageClass = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'disks.example' };
    await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify(storageClass) });
  });
  after(async () => {
    await operator?.stop();
    await plane?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const stacks = async (): Promise<readonly BelfryResource[]> => (await kubectlJson<List<BelfryResource>>(plane.kubeconfig, ['get', 'mstack', '-A'])).items;

  async function applyStories(names: readonly string[]): Promise<void> {
    const items = (await Promise.all(names.map(documentsOf))).flat();
    await kubectlOk(plane.kubeconfig, ['apply', '--server-side', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    await waitFor('every resource to be accepted and written', async (seen) => {
      const { items: resources } = await kubectlJson<List<BelfryResource>>(plane.kubeconfig, ['get', 'mstack,scrapetarget,alertpolicy', '-A']);
      const open = resources.filter((item) => conditionOf(item, item.kind === 'MonitoringStack' ? 'Applied' : 'Accepted')?.status !== 'True');
      seen(open);
      return open.length === 0;
    }, { timeoutMs: 60_000, intervalMs: 500 });
  }

  /** The story's files with what only the API server knows: its stack's uid, and the namespaces there are. */
  async function rendered(story: string, live: readonly BelfryResource[]): Promise<{ folder: string; stack: BelfryResource }> {
    let stack: BelfryResource | undefined;
    const documents = (await documentsOf(story)).map((object) => {
      if (object.kind !== 'MonitoringStack') return object;
      stack = live.find(({ metadata }) => metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace);
      return { ...object, metadata: { ...object.metadata, uid: stack?.metadata.uid ?? '' } };
    });
    if (!stack) throw new Error(`${story} has no MonitoringStack`);
    const namespaces = await kubectlJson<List<object>>(plane.kubeconfig, ['get', 'namespaces']);
    const own = new Set(documents.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
    const others = (namespaces.items as LiveObject[]).filter(({ metadata }) => !own.has(metadata.name));
    const input = join(directory, `${story}.json`);
    writeFileSync(input, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...documents, ...others, ...brought] }));
    const folder = join(directory, story);
    const { code, stderr } = await runCommand([...FROM_SOURCE, 'render', '-f', input, '-o', folder]);
    expect(code, stderr).to.equal(0);
    return { folder, stack };
  }

  /** Puts the password that was generated into the one file that cannot know it. */
  function withPassword(folder: string, objects: ReadonlyMap<string, LiveObject>, { metadata: { name, namespace } }: BelfryResource): void {
    const secret = objects.get(`Secret/${namespace}/grafana-${name}-admin`);
    if (!secret) return;
    const file = join(folder, `secret-${namespace}-grafana-${name}-admin.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/admin-password: .*/, `admin-password: ${secret.data?.['admin-password']}`));
  }

  async function compare(story: string): Promise<number> {
    const { folder, stack } = await rendered(story, await stacks());
    const { items } = await kubectlJson<List<LiveObject>>(plane.kubeconfig, ['get', KINDS, '-A', '--show-managed-fields', '-l', `app.kubernetes.io/managed-by=belfry,belfry.dev/stack=${stack.metadata.name}`]);
    const live = byKey(items);
    withPassword(folder, live, stack);

    // The files go through the API server as the operator's own apply would, without being written.
    const flat = join(directory, `${story}-objects`);
    cpSync(folder, flat, { recursive: true, filter: (path) => path === folder || path.endsWith('.yaml') && !path.slice(folder.length + 1).includes('/') });
    const dryRun = await kubectlJson<List<LiveObject>>(plane.kubeconfig, [
      'apply', '--server-side', '--dry-run=server', '--field-manager=belfry', '--force-conflicts', '--show-managed-fields', '-f', flat,
    ]);
    const wanted = byKey(dryRun.items);
    expect([...wanted.keys()].sort()).to.deep.equal([...live.keys()].sort());
    for (const [key, object] of wanted) {
      const written = live.get(key) as LiveObject;
      expect(written.data, key).to.deep.equal(object.data);
      expect(appliedFields(written), `fields that the operator owns of ${key}`).to.deep.equal(appliedFields(object));
      expect(content(written), key).to.deep.equal(content(object));
    }
    return wanted.size;
  }

  for (const story of ALONE) {
    it(`examples/${story}: object by object, field by field, byte by byte`, async () => {
      await applyStories([story]);
      expect(await compare(story)).to.be.greaterThan(20);
      await kubectlOk(plane.kubeconfig, ['delete', 'mstack,scrapetarget,alertpolicy', '--all', '-A', '--timeout=30s']);
      // Nobody collects garbage here, and what is left must not be taken for the next story's.
      await kubectlOk(plane.kubeconfig, ['delete', KINDS.replace(/,namespaces$/, ''), '-A', '-l', 'app.kubernetes.io/managed-by=belfry', '--timeout=60s']);
    });
  }

  describe('in many namespaces at once', () => {
    const others = stories.filter((story) => !ALONE.includes(story));

    before(async () => {
      brought = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'internal-ca', namespace: 'payments' }, data: { 'ca.crt': await readFile(plane.authority.cert, 'utf8') } }];
      await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'payments', '--save-config']);
      await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: brought }) });
      await applyStories(others);
    });

    for (const story of others) {
      it(`examples/${story}: object by object, field by field, byte by byte`, async () => {
        expect(await compare(story)).to.be.greaterThan(5);
      });
    }
  });
});
