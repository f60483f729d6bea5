import { expect } from 'chai';
import { join } from 'node:path';
import { refKey, refOf } from '../../src/api/kube-object.ts';
import { renderStack } from '../../src/render/render-stack.ts';
import { stackCases } from '../../src/testing/stack-case.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { kubectl, kubectlOk } from '../support/kubectl.ts';

const ROOT = join(import.meta.dirname, '../..');
const CASES = stackCases(join(ROOT, 'src/render/testdata'));

interface Workload {
  readonly template?: { readonly metadata: object; readonly spec: Record<string, unknown> & { readonly priorityClassName?: string; readonly volumes?: readonly object[] } };
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

describe('Rendered objects on a real API server', function () {
  this.timeout(180_000);
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane();
    for (const namespace of ['belfry-system', 'shop', 'web', 'monitoring', 'restricted']) await kubectlOk(plane.kubeconfig, ['create', 'namespace', namespace]);
    await kubectlOk(plane.kubeconfig, ['label', 'namespace', 'restricted', 'pod-security.kubernetes.io/enforce=restricted']);
  });

  after(() => plane?.stop());

  for (const { name, input } of CASES) {
    it(`takes every object of ${name.replaceAll('-', ' ')}, and knows each of its fields`, async () => {
      const { objects } = renderStack(input);
      const list = { apiVersion: 'v1', kind: 'List', items: objects };
      const args = ['apply', '--server-side', '--field-manager=belfry', '--validate=strict', '--dry-run=server', '-o', 'name', '-f', '-'];
      const { code, stdout, stderr } = await kubectl(plane.kubeconfig, args, { stdin: JSON.stringify(list) });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout.trim().split('\n').length).to.equal(objects.length);
    });
  }

  it('writes nothing when the same objects are applied again', async () => {
    for (const { input } of CASES.filter(({ name }) => name.startsWith('stack-of-a-cluster'))) {
      const list = { apiVersion: 'v1', kind: 'List', items: renderStack(input).objects };
      const apply = () => kubectlOk(plane.kubeconfig, ['apply', '--server-side', '--field-manager=belfry', '-o', 'json', '-f', '-'], { stdin: JSON.stringify(list) });
      const versions = (answer: string) => (JSON.parse(answer) as { items: { kind: string; metadata: { name: string; resourceVersion: string } }[] }).items.map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.resourceVersion}`);
      await apply();
      // The API server itself notes on an APIService, once, that nobody answers.
      const registered = list.items.filter(({ kind }) => kind === 'APIService').map(({ metadata }) => `apiservice/${metadata.name}`);
      if (registered.length > 0) await kubectlOk(plane.kubeconfig, ['wait', '--for=condition=Available=False', ...registered, '--timeout=60s']);
      expect(versions(await apply())).to.deep.equal(versions(await apply()));
    }
  });

  it('runs every pod in a namespace of Pod Security "restricted", but for those that look at the node', async () => {
    for (const { name, input } of CASES) {
      for (const object of renderStack(input).objects) {
        const { template, volumeClaimTemplates = [] } = (object['spec'] ?? {}) as Workload;
        if (!template) continue;
        const { priorityClassName: _, volumes = [], ...spec } = template.spec;
        // What the StatefulSet controller would add.
        const claimed = volumeClaimTemplates.map(({ metadata }) => ({ name: metadata.name, emptyDir: {} }));
        const pod = {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { ...template.metadata, name: 'pod', namespace: 'restricted' },
          spec: { ...spec, volumes: [...volumes, ...claimed], serviceAccountName: 'default' },
        };
        const { code, stderr } = await kubectl(plane.kubeconfig, ['create', '--dry-run=server', '--validate=strict', '-f', '-'], { stdin: JSON.stringify(pod) });
        const at = `${name}: ${refKey(refOf(object))}`;
        if (object.kind === 'DaemonSet') expect(stderr, at).to.match(/violates PodSecurity "restricted:latest": .*host(Path|Network)/);
        else expect({ code, stderr }, at).to.deep.equal({ code: 0, stderr: '' });
      }
    }
  });
});
