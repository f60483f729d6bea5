import { expect } from 'chai';
import { readdirSync, readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { crdsEstablished } from '../support/crds.ts';
import { kubectl, kubectlJson, kubectlOk } from '../support/kubectl.ts';

const ROOT = join(import.meta.dirname, '../..');
const CASES = join(ROOT, 'src/api/testdata');

function caseFiles(ending: string): string[] {
  const files = readdirSync(CASES).filter((file) => file.endsWith(ending)).sort();
  if (files.length === 0) throw new Error(`no ${ending} files: these tests would test nothing`);
  return files;
}

describe('CRDs on a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  const directory = mkdtempSync(join(tmpdir(), 'belfry-crd-'));

  before(async () => {
    plane = await startControlPlane();
    for (const namespace of ['shop', 'monitoring']) await kubectlOk(plane.kubeconfig, ['create', 'namespace', namespace]);
    // Client-side on purpose: it keeps a copy of the object in an annotation, which has a limit of 256 KiB.
    await kubectlOk(plane.kubeconfig, ['apply', '-k', join(ROOT, 'crds')]);
    await crdsEstablished(plane.kubeconfig);
  });

  after(async () => {
    rmSync(directory, { recursive: true });
    await plane?.stop();
  });

  it('are structural, and say nothing to mend', async () => {
    interface Crd extends KubeObject { readonly status: { readonly conditions: { readonly type: string; readonly status: string; readonly message: string }[] } }
    const { items } = await kubectlJson<{ items: Crd[] }>(plane.kubeconfig, ['get', 'crd']);
    expect(items.map(({ metadata }) => metadata.name)).to.deep.equal(['alertpolicies.belfry.dev', 'monitoringstacks.belfry.dev', 'scrapetargets.belfry.dev']);
    for (const { metadata, status } of items) {
      const bad = status.conditions.filter(({ type, status: value }) => type === 'NonStructuralSchema' || value !== 'True');
      expect(bad, metadata.name).to.deep.equal([]);
    }
  });

  for (const file of caseFiles('.good.yaml')) {
    it(`takes ${file}, and drops none of its fields`, async () => {
      const answer = await kubectlOk(plane.kubeconfig, ['apply', '--validate=strict', '-f', join(CASES, file), '-o', 'json']);
      const sent = load(readFileSync(join(CASES, file), 'utf8')) as KubeObject;
      expect((JSON.parse(answer) as KubeObject)['spec']).to.deep.equal(sent['spec']);
    });
  }

  for (const file of caseFiles('.bad.yaml')) {
    it(`refuses ${file}, and says why`, async () => {
      const text = readFileSync(join(CASES, file), 'utf8');
      const wanted = /^# apiserver: (.*)$/m.exec(text)?.[1];
      // By client-side apply kubectl itself drops nulls, and the API server never sees that mistake.
      const how = text.includes('# by server-side apply') ? ['--server-side'] : [];
      const { code, stderr } = await kubectl(plane.kubeconfig, ['apply', ...how, '--validate=strict', '-f', join(CASES, file)]);
      expect(stderr.replaceAll('\\"', '"')).to.include(wanted);
      expect(code).to.equal(1);
    });
  }

  it('print the columns that were promised, from the status', async () => {
    await writeStatus('monitoringstack', 'shop', { conditions: [ready('True')], config: { hash: 'x', replicas: 2, confirmed: 2, live: '2/2' }, targets: { selected: 3, rejected: 0, up: 12, down: 1 } });
    await writeStatus('scrapetarget', 'checkout', { conditions: [ready('False')], up: 4, down: 0 });
    await writeStatus('alertpolicy', 'checkout', { conditions: [ready('True')], rules: 7, firingCount: 2 });
    expect(await columns('mstack', 'shop')).to.deep.equal(['NAME READY CONFIG TARGETS UP DOWN AGE', 'shop True 2/2 3 12 1 AGE']);
    expect(await columns('scrapetarget', 'checkout')).to.deep.equal(['NAME READY UP DOWN REASON AGE', 'checkout False 4 0 ScrapeFailing AGE']);
    expect(await columns('alertpolicy', 'checkout')).to.deep.equal(['NAME READY RULES FIRING AGE', 'checkout True 7 2 AGE']);
  });

  it('belong to the category monitoring', async () => {
    const names = await kubectlOk(plane.kubeconfig, ['get', 'monitoring', '-n', 'shop', '-o', 'name']);
    expect(names).to.include('monitoringstack.belfry.dev/shop').and.include('scrapetarget.belfry.dev/checkout').and.include('alertpolicy.belfry.dev/checkout');
  });

  it('explain their fields', async () => {
    const text = await kubectlOk(plane.kubeconfig, ['explain', 'scrapetarget.spec.endpoints.relabel']);
    expect(text).to.match(/sourceLabels\s+<\[\]string>/);
    expect(await kubectlOk(plane.kubeconfig, ['explain', 'mstack'])).to.include('A whole monitoring stack');
  });

  it('keep the status apart from what users write', async () => {
    const patch = JSON.stringify({ status: { up: 99 } });
    await kubectlOk(plane.kubeconfig, ['patch', 'scrapetarget', 'checkout', '-n', 'shop', '--type=merge', '-p', patch]);
    const { status } = await kubectlJson<{ status: { up: number } }>(plane.kubeconfig, ['get', 'scrapetarget', 'checkout', '-n', 'shop']);
    expect(status.up).to.equal(4);
  });

  function ready(status: string): object {
    const reason = status === 'True' ? 'Ready' : 'ScrapeFailing';
    return { type: 'Ready', status, reason, message: 'a message', lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 };
  }

  async function writeStatus(kind: string, name: string, status: object): Promise<void> {
    const file = join(directory, 'status.json');
    writeFileSync(file, JSON.stringify({ status }));
    await kubectlOk(plane.kubeconfig, ['patch', kind, name, '-n', 'shop', '--subresource=status', '--type=merge', '--patch-file', file]);
  }

  async function columns(kind: string, name: string): Promise<string[]> {
    const table = await kubectlOk(plane.kubeconfig, ['get', kind, name, '-n', 'shop']);
    return table.trim().split('\n').map((line) => line.trim().replace(/\s+/g, ' ').replace(/ \d+[smh]\w*$/, ' AGE'));
  }
});
