import { expect } from 'chai';
import { refOf, type KubeObject } from '../../src/api/kube-object.ts';
import { connect, type Client } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/errors.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { waitFor } from '../support/wait-for.ts';

/** What the server makes of an object beyond what was sent: every field that was sent must be there, as it was. */
function expectStored(stored: unknown, sent: unknown, path = ''): void {
  if (Array.isArray(sent)) {
    expect(stored, path).to.be.an('array').with.length(sent.length);
    for (const [index, item] of sent.entries()) expectStored((stored as unknown[])[index], item, `${path}[${index}]`);
  } else if (typeof sent === 'object' && sent !== null) {
    expect(stored, path).to.be.an('object');
    for (const [key, value] of Object.entries(sent)) expectStored((stored as Record<string, unknown>)[key], value, `${path}.${key}`);
  } else {
    expect(stored, path).to.equal(sent);
  }
}

/** The fields that only the server may set. */
function desired(object: KubeObject): object {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

const networkPolicy: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'prometheus-shop', namespace: 'default' },
  spec: {
    podSelector: { matchLabels: { app: 'prometheus' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { team: 'shop' } }, podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] } }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
        ports: [{ protocol: 'TCP', port: 'web' }, { protocol: 'TCP', port: 9000, endPort: 9010 }],
      },
    ],
    egress: [{ to: [{ podSelector: {} }] }, {}],
  },
};

const definition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.raw.example' },
  spec: {
    group: 'raw.example',
    scope: 'Namespaced',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget', shortNames: ['w'] },
    conversion: { strategy: 'None' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        selectableFields: [{ jsonPath: '.spec.size' }],
        additionalPrinterColumns: [{ name: 'Size', type: 'string', jsonPath: '.spec.size' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                'x-kubernetes-validations': [{ rule: "self.size != 'huge' || self.paid", message: 'huge must be paid', reason: 'FieldValueInvalid' }],
                properties: {
                  size: { type: 'string', enum: ['small', 'huge'], default: 'small' },
                  paid: { type: 'boolean', default: false },
                  count: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
                  open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, not: { type: 'string', nullable: true } } },
                  },
                  ratio: { type: 'number', minimum: 0, exclusiveMinimum: true, multipleOf: 0.5 },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

/** Fields that client-node 2.0.1's models have never heard of, or would write in their own way. */
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'newer', namespace: 'default', annotations: { 'example.com/from': 'x', from: 'y', continue: 'z' } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'newer' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    template: {
      metadata: { labels: { app: 'newer' }, annotations: { 'prometheus.io/port': '9090' } },
      spec: {
        hostUsers: false,
        resources: { limits: { cpu: '1' } },
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, supplementalGroupsPolicy: 'Strict' },
        containers: [
          {
            name: 'main',
            image: 'example.com/main:1',
            restartPolicyRules: [],
            resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
            lifecycle: { preStop: { sleep: { seconds: 5 } } },
            livenessProbe: { grpc: { port: 9000, service: 'alive' }, terminationGracePeriodSeconds: 5 },
            securityContext: { appArmorProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } },
          },
        ],
        volumes: [
          { name: 'tokens', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }, { configMap: { name: 'c', optional: true } }] } },
        ],
      },
    },
  },
};

describe('raw JSON to a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let cluster: Client;

  before(async () => {
    plane = await startControlPlane();
    cluster = await connect({ kubeconfig: plane.kubeconfig });
  });
  after(async () => {
    cluster?.close();
    await plane?.stop();
  });

  it('stores a NetworkPolicy as it was sent, its `from` included, to the byte', async () => {
    const stored = await cluster.apply(networkPolicy);
    expect(desired(stored)).to.deep.equal(desired(networkPolicy));
    expect(desired((await cluster.read(refOf(networkPolicy))) as KubeObject)).to.deep.equal(desired(networkPolicy));
  });

  it('stores a definition with every x-kubernetes field, default and enum', async () => {
    await cluster.apply(definition);
    const stored = (await cluster.read(refOf(definition))) as KubeObject;
    expectStored(stored['spec'], definition['spec']);
    const { versions } = stored['spec'] as { versions: { schema: object }[] };
    const { versions: sent } = definition['spec'] as { versions: { schema: object }[] };
    expect(versions[0]?.schema).to.deep.equal(sent[0]?.schema);
  });

  it('and the definition works: defaults, enums, rules, keyed lists, open maps', async () => {
    const widget = (name: string, spec: object): KubeObject => ({ apiVersion: 'raw.example/v1', kind: 'Widget', metadata: { name, namespace: 'default' }, spec });
    await waitFor('the definition to be served', async () => (await cluster.resourceTypes('raw.example/v1')).length > 0);
    const open = { any: { deep: [1, 'two', null, { three: 3.5 }] } };
    const stored = await waitFor('a widget', () => cluster.apply(widget('one', { count: '50%', open, parts: [{ name: 'a' }], ratio: 1.5 })));
    expect(stored['spec']).to.deep.equal({ size: 'small', paid: false, count: '50%', open, parts: [{ name: 'a' }], ratio: 1.5 });
    const refusals = [
      [{ size: 'medium' }, 'Unsupported value: "medium"'],
      [{ size: 'huge' }, 'huge must be paid'],
      [{ parts: [{ name: 'a' }, { name: 'a' }] }, 'duplicate'],
      [{ colour: 'red' }, 'colour'],
    ] as const;
    for (const [spec, words] of refusals) {
      const error = await cluster.apply(widget('two', spec)).then(() => undefined, (reason: unknown) => reason);
      expect(isKubeError(error, 'invalid'), JSON.stringify(spec)).to.equal(true);
      expect((error as Error).message).to.contain(words);
    }
  });

  it('stores a Deployment with fields newer than the models of client-node', async () => {
    await cluster.apply(deployment);
    const stored = (await cluster.read(refOf(deployment))) as KubeObject;
    // The server itself leaves out a list that is empty.
    const expected = structuredClone(deployment) as unknown as { spec: { template: { spec: { containers: { restartPolicyRules?: object[] }[] } } } };
    for (const container of expected.spec.template.spec.containers) delete container.restartPolicyRules;
    expectStored(stored['spec'], expected.spec);
    expect(stored.metadata.annotations).to.deep.equal(deployment.metadata.annotations);
  });

  it('changes nothing when the same is applied again', async () => {
    for (const object of [networkPolicy, definition, deployment]) {
      const first = await cluster.apply(object);
      const second = await cluster.apply(object);
      expect(second.metadata.resourceVersion, object.kind).to.equal(first.metadata.resourceVersion);
    }
  });

  it('says plainly which field the server does not know', async () => {
    const spec = { ...(networkPolicy['spec'] as object), fieldOfTomorrow: true };
    const error = await cluster.apply({ ...networkPolicy, spec }).then(() => undefined, (reason: unknown) => reason);
    expect(isKubeError(error, 'invalid')).to.equal(true);
    expect((error as Error).message).to.contain('fieldOfTomorrow');
  });

  // It is not asked to read those strictly.
  for (const [where, wrong] of [['object', { values: { key: 'value' } }], ['metadata', { metadata: { name: 'misspelt', namespace: 'default', label: { a: 'b' } } }]] as const) {
    it(`says which field of the ${where} a ConfigMap does not have`, async () => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'misspelt', namespace: 'default' }, data: {}, ...wrong };
      const error = await cluster.apply(object, { force: true }).then(() => undefined, (reason: unknown) => reason);
      expect(isKubeError(error)).to.equal(true);
      expect(String(error)).to.contain('field not declared in schema').and.to.contain(where === 'object' ? '.values' : 'label');
      expect(await cluster.read({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'misspelt' })).to.equal(undefined);
    });
  }

  it('shows, for comparison, what client-node\'s own classes make of the same NetworkPolicy', async () => {
    // The evidence of docs/design/0002-raw-json.md: fails once the bug is gone, and the decision can be looked at again.
    const { KubernetesObjectApi } = await import('@kubernetes/client-node');
    const api = KubernetesObjectApi.makeApiClient(cluster.kubeConfig);
    const object = { ...structuredClone(networkPolicy), metadata: { name: 'by-client-node', namespace: 'default' } };
    await api.create(object as unknown as Parameters<typeof api.create>[0]);
    const stored = (await cluster.read(refOf(object as KubeObject))) as KubeObject;
    const { ingress } = stored['spec'] as { ingress: { from?: object[] }[] };
    expect(ingress[0]?.from).to.equal(undefined);
  });
});
