import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandIo } from '../../src/cli/command-io.ts';
import { runProgram } from '../../src/cli/program.ts';
import { yamlDocuments } from '../../src/cli/yaml-documents.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { kubectl, kubectlJson, kubectlOk, runCommand } from '../support/kubectl.ts';
import { ensureTools } from '../support/tools.ts';

const ROOT = join(import.meta.dirname, '../..');
const stories = readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

async function belfry(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const io: CommandIo = {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    readStdin: async () => '',
    colour: false,
    signal: AbortSignal.timeout(60_000),
  };
  return { code: await runProgram(args, io), stdout, stderr };
}

describe('examples and installation on a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  const directory = mkdtempSync(join(tmpdir(), 'belfry-examples-'));

  before(async () => {
    plane = await startControlPlane();
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    await plane?.stop();
  });

  it('status says how to install what is not there', async () => {
    const { code, stderr } = await belfry('status', '-A', '--kubeconfig', plane.kubeconfig);
    expect(stderr).to.include('belfry install | kubectl apply -f -');
    expect(code).to.equal(2);
  });

  it('what `belfry install` prints goes in by client-side apply, all of it, also a second time', async () => {
    const { stdout } = await belfry('install');
    const first = await kubectlOk(plane.kubeconfig, ['apply', '--validate=strict', '-f', '-'], { stdin: stdout });
    expect(first).to.include('deployment.apps/belfry created').and.include('customresourcedefinition.apiextensions.k8s.io/scrapetargets.belfry.dev created');
    const second = await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: stdout });
    expect(second.split('\n').filter((line) => line && !line.endsWith('unchanged'))).to.deep.equal([]);
  });

  it('config/ is the same as `belfry install`', async () => {
    const answer = await kubectlOk(plane.kubeconfig, ['apply', '-k', join(ROOT, 'config')]);
    expect(answer.split('\n').filter((line) => line && !line.endsWith('unchanged'))).to.deep.equal([]);
  });

  it('crds/ and config/ go in as plain folders too', async () => {
    const answer = await kubectlOk(plane.kubeconfig, ['apply', '-f', join(ROOT, 'crds'), '-f', join(ROOT, 'config')]);
    expect(answer.split('\n').filter((line) => line.endsWith(' unchanged'))).to.have.length(11);
    expect(answer.trim().split('\n')).to.have.length(11);
  });

  it('the operator may do what it needs, and not more: it reads no node secrets of others, runs no pods', async () => {
    const may = async (...what: string[]): Promise<string> => {
      const { stdout } = await kubectl(plane.kubeconfig, ['auth', 'can-i', ...what, '--as', 'system:serviceaccount:belfry-system:belfry']);
      return stdout.trim();
    };
    expect(await may('patch', 'statefulsets.apps', '-n', 'shop')).to.equal('yes');
    expect(await may('patch', 'monitoringstacks.belfry.dev', '--subresource=status', '-n', 'shop')).to.equal('yes');
    expect(await may('update', 'leases.coordination.k8s.io', '-n', 'belfry-system')).to.equal('yes');
    expect(await may('update', 'leases.coordination.k8s.io', '-n', 'kube-system')).to.equal('no');
    expect(await may('create', 'pods', '-n', 'shop')).to.equal('no');
    expect(await may('escalate', 'clusterroles.rbac.authorization.k8s.io')).to.equal('no');
    expect(await may('patch', 'scrapetargets.belfry.dev', '-n', 'shop')).to.equal('no');
    expect(await may('get', 'pods', '--subresource=exec', '-n', 'shop')).to.equal('no');
  });

  it('--namespace, --image and --crds-only are followed', async () => {
    const { stdout } = await belfry('install', '-n', 'elsewhere', '--image', 'mirror.example/belfry:1');
    const answer = await kubectlOk(plane.kubeconfig, ['apply', '-f', '-', '-o', 'name'], { stdin: stdout });
    expect(answer).to.include('namespace/elsewhere');
    interface Deployment { readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } } }
    const { spec } = await kubectlJson<Deployment>(plane.kubeconfig, ['get', 'deployment', 'belfry', '-n', 'elsewhere']);
    expect(spec.template.spec.containers.map(({ image }) => image)).to.deep.equal(['mirror.example/belfry:1']);
    const { stdout: crds } = await belfry('install', '--crds-only');
    expect(crds.match(/^kind: .*$/gm)).to.deep.equal(Array.from({ length: 3 }, () => 'kind: CustomResourceDefinition'));
  });

  for (const story of stories) {
    it(`examples/${story} goes in by client-side apply`, async () => {
      const answer = await kubectlOk(plane.kubeconfig, ['apply', '--validate=strict', '-f', join(ROOT, 'examples', story)]);
      expect(answer).to.include('monitoringstack.belfry.dev/');
    });

    it(`examples/${story} renders to what promtool and amtool accept`, async () => {
      const [promtool = '', amtool = ''] = await ensureTools(['promtool', 'amtool']);
      const output = join(directory, story);
      const { code, stderr } = await belfry('render', '-f', join(ROOT, 'examples', story), '-o', output);
      expect(code, stderr).to.equal(0);
      const folders = readdirSync(join(output, 'prometheus'));
      expect(folders).not.to.be.empty;
      for (const folder of folders) {
        const file = join(output, 'prometheus', folder, 'prometheus.yml');
        const isAgent = story === 'agent-remote-write';
        const check = await runCommand([promtool, 'check', 'config', ...(isAgent ? ['--agent'] : []), file]);
        expect(check.code, check.stdout + check.stderr).to.equal(0);
      }
      const managers = story === 'agent-remote-write' ? [] : readdirSync(join(output, 'alertmanager'));
      for (const folder of managers) {
        const check = await runCommand([amtool, 'check-config', join(output, 'alertmanager', folder, 'alertmanager.yaml')]);
        expect(check.code, check.stdout + check.stderr).to.equal(0);
      }
    });
  }

  it('files are read as kubectl reads them', async () => {
    const scalars = ['yes', 'on', 'y', 'No', 'off', '08:30', '1:30', '2026-01-01', '0o17', '017', '0x1f', '1e3', '~', '.5', '+1', '1_000', '"1"', 'null', 'True', '<<', '0b11', '.inf0', '=', '!!str 1',
      '-017', '08', '-0', '00', '1_0.5', '0x', '0b12', '0B11', '0O7', '-0b11', '_1', '1__0', '0xg', '1._5', '09.5', '-.5', '5.', '1e', '0x1_f', '1_', '-_1', '1e1_0'];
    const text = [
      'apiVersion: belfry.dev/v1alpha1', 'kind: MonitoringStack', 'metadata: { name: scalars, namespace: default }', 'spec:', '  overrides:',
      ...scalars.map((scalar, index) => `    - { kind: x, name: "${index}", patch: { value: ${scalar} } }`), '',
    ].join('\n');
    const file = join(directory, 'scalars.yaml');
    writeFileSync(file, text);
    interface Stack { readonly spec: { readonly overrides: readonly { readonly patch: { readonly value?: unknown } }[] } }
    await kubectlOk(plane.kubeconfig, ['apply', '-f', file]);
    const theirs = await kubectlJson<Stack>(plane.kubeconfig, ['get', 'mstack', 'scalars', '-n', 'default']);
    const read = yamlDocuments(text);
    const ours = ('documents' in read ? read.documents[0]?.value : undefined) as Stack;
    const shown = ({ spec }: Stack): string[] => spec.overrides.map(({ patch }, index) => `${scalars[index]} is ${JSON.stringify(patch.value ?? null)}`);
    expect(shown(ours)).to.deep.equal(shown(theirs));
  });

  it('`belfry status` shows the stacks that were applied, and what nobody looks at yet', async () => {
    const { code, stdout } = await belfry('status', '-A', '--kubeconfig', plane.kubeconfig);
    expect(code).to.equal(0);
    expect(stdout).to.include('shop/shop  Not ready yet: NotReconciled').and.include('Selected by no stack').and.include('ScrapeTarget shop/checkout');
    const { stdout: json } = await belfry('status', '-n', 'shop', '-o', 'json', '--kubeconfig', plane.kubeconfig);
    expect((JSON.parse(json) as { stacks: { name: string }[] }).stacks.map(({ name }) => name)).to.deep.equal(['shop']);
  });
});
