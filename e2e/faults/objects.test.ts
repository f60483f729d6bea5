import { expect } from 'chai';
import { refOf, type KubeObject } from '../../src/api/kube-object.ts';
import { OWNED_KINDS } from '../../src/render/owned-kinds.ts';
import { waitFor } from '../support/wait-for.ts';
import { expectRightsToSuffice, LIMIT_MS, record, scenario } from './scenario.ts';
import { nameOf, NAMESPACE, scrapeTarget, sharedWorld, type World } from './world.ts';

const GROUP = 'objects';
const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1_000));

/** What somebody does to an object of ours, by merge patch. */
interface Deed {
  readonly title: string;
  readonly patch: (object: KubeObject) => object;
}

const FIELD_OF_KIND: Readonly<Record<string, (object: KubeObject) => object>> = {
  ConfigMap: (object) => ({ data: { [Object.keys(object['data'] as object)[0] ?? '']: 'meddled' } }),
  Secret: (object) => ({ data: { [Object.keys(object['data'] as object)[0] ?? '']: Buffer.from('meddled').toString('base64') } }),
  // A port of somebody else's beside ours would be his to keep; this is ours.
  Service: (object) => ({ spec: { ports: (object['spec'] as { ports: object[] }).ports.map((port) => ({ ...port, targetPort: 1 })) } }),
  ServiceAccount: () => ({ automountServiceAccountToken: null }),
  Role: () => ({ rules: [] }),
  RoleBinding: () => ({ subjects: [] }),
  NetworkPolicy: () => ({ spec: { ingress: [{}] } }),
  StatefulSet: () => ({ spec: { replicas: 5 } }),
  Deployment: () => ({ spec: { replicas: 4 } }),
  PodDisruptionBudget: () => ({ spec: { maxUnavailable: 7 } }),
  DaemonSet: () => ({ spec: { template: { spec: { serviceAccountName: 'default' } } } }),
  ClusterRole: () => ({ rules: [] }),
  ClusterRoleBinding: () => ({ subjects: [] }),
  Ingress: (object) => ({ spec: { rules: (object['spec'] as { rules: object[] }).rules.map((rule) => ({ ...rule, host: 'meddled.example.test' })) } }),
  APIService: () => ({ spec: { groupPriorityMinimum: 5 } }),
};

/** Of these a stack of one namespace has none. */
const KINDS_OF_A_WIDE_STACK: readonly string[] = ['DaemonSet', 'ClusterRole', 'ClusterRoleBinding', 'Ingress', 'APIService'];

const DEEDS: readonly Deed[] = [
  { title: 'edited', patch: (object) => FIELD_OF_KIND[object.kind]?.(object) ?? expect.fail(`no field of ${object.kind} is known`) },
  { title: 'relabelled', patch: () => ({ metadata: { labels: { 'belfry.dev/stack': 'other' } } }) },
  { title: 'stripped of all labels', patch: ({ metadata }) => ({ metadata: { labels: Object.fromEntries(Object.keys(metadata.labels ?? {}).map((label) => [label, null])) } }) },
  { title: 'robbed of their owner', patch: () => ({ metadata: { ownerReferences: null } }) },
];

/** One object of each kind. */
function oneOfEachKind(all: readonly KubeObject[]): KubeObject[] {
  return [...Map.groupBy(all, ({ kind }) => kind).values()].flatMap((same) => same.slice(0, 1));
}

/** Objects as they should be: spec and metadata that are ours, without what the server keeps. */
function essence(object: KubeObject): unknown {
  const { name, labels, ownerReferences } = object.metadata;
  return { ...object, status: undefined, metadata: { name, labels, ownerReferences } };
}

/** How long it takes until all are as they were. */
async function mended(before: readonly KubeObject[], look: () => Promise<readonly KubeObject[]>): Promise<number> {
  const begun = performance.now();
  await waitFor('every object to be as it was', async (seen) => {
    const now = new Map((await look()).map((object) => [nameOf(object), object]));
    const wrong = before.filter((object) => JSON.stringify(essence(now.get(nameOf(object)) ?? ({ metadata: {} } as KubeObject))) !== JSON.stringify(essence(object)));
    seen(wrong.map(nameOf));
    return wrong.length === 0;
  }, { timeoutMs: LIMIT_MS, intervalMs: 250 });
  return performance.now() - begun;
}

/** Deletes one of each kind; how long it takes until all are there again. */
async function madeAnew(world: World, before: readonly KubeObject[], look: () => Promise<readonly KubeObject[]>): Promise<number> {
  for (const victim of oneOfEachKind(before)) await world.admin.delete(refOf(victim), {});
  const begun = performance.now();
  await waitFor('every object to be there', async (seen) => {
    const now = new Set((await look()).filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(nameOf));
    const missing = before.map(nameOf).filter((name) => !now.has(name));
    seen(missing);
    return missing.length === 0;
  }, { timeoutMs: LIMIT_MS });
  return performance.now() - begun;
}

describe('faults of others who write to the same objects', function () {
  this.timeout(180_000);

  for (const { title, patch } of DEEDS) {
    it(`mends at once objects of every kind that were ${title}`, async () => {
      const world = await sharedWorld();
      await world.ensureCalm();
      const before = await world.children();
      const victims = oneOfEachKind(before);
      expect(victims.map(({ kind }) => kind)).to.have.members(OWNED_KINDS.map(([, kind]) => kind).filter((kind) => !KINDS_OF_A_WIDE_STACK.includes(kind)));
      for (const victim of victims) await world.meddle(victim, patch(victim));
      record(GROUP, `objects of every kind are ${title}`, await mended(before, () => world.children()), 'meddling');
      await world.converged();
    });
  }

  it('makes anew objects of every kind that were deleted', async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    const before = await world.children();
    record(GROUP, 'objects of every kind are deleted', await madeAnew(world, before, () => world.children()), 'deletion');
    await world.converged(60_000);
  });

  it('mends and makes anew what only a stack of the whole cluster has', async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    await world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'wide' } });
    await world.apply({
      apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'wide', namespace: 'wide' },
      spec: { scope: 'Cluster', select: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'wide' } } }, alertmanager: { enabled: false }, grafana: { ingress: { host: 'grafana.example.test' } } },
    });
    await waitFor('the stack to be Applied', async () => (await world.status('MonitoringStack', 'wide', 'wide')).conditions?.some(({ type, status }) => type === 'Applied' && status === 'True'));
    await world.diffIsEmpty('wide');
    const isWide = ({ kind, metadata }: KubeObject): boolean => KINDS_OF_A_WIDE_STACK.includes(kind) || metadata.namespace !== 'wide';
    const look = async (): Promise<KubeObject[]> => (await world.children('wide', 'wide')).filter(isWide);
    const before = await look();
    const victims = oneOfEachKind(before);
    expect(victims.map(({ kind }) => kind)).to.have.members([...KINDS_OF_A_WIDE_STACK, 'Role', 'RoleBinding']);
    let slowestMs = 0;
    for (const { patch } of DEEDS) {
      for (const victim of victims) await world.meddle(victim, patch(victim));
      slowestMs = Math.max(slowestMs, await mended(before, look));
    }
    record(GROUP, 'the same with objects of the whole cluster and of other namespaces (the slowest of the four)', slowestMs, 'meddling');
    record(GROUP, 'objects of the whole cluster and of other namespaces are deleted', await madeAnew(world, before, look), 'deletion');
    await world.diffIsEmpty('wide');
    await world.admin.delete({ apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', namespace: 'wide', name: 'wide' }, {});
    await waitFor('nothing of it to be left', async (seen) => {
      const left = await world.labelled('wide');
      seen(left.map(nameOf));
      return left.length === 0;
    });
    await world.converged();
  });

  scenario(GROUP, 'a policy (ValidatingAdmissionPolicy) refuses our ConfigMaps', {
    begin: async (world) => {
      for (const object of refusal()) await world.apply(object);
      await waitFor('the policy to work', () => world.admin.apply(marked('probe'), { dryRun: true }).then(() => false, () => true));
    },
    meanwhile: async (world) => {
      const { reason, message } = await world.condition('MonitoringStack', 'shop', 'Applied', ({ status }) => status === 'False');
      expect(message).to.contain('no ConfigMaps today');
      expect(reason).to.equal('ApplyFailed');
      await waitFor('an Event that says so', async () => (await world.events('shop')).some(({ note }) => note.includes('no ConfigMaps today')));
    },
    end: async (world) => {
      for (const object of refusal().toReversed()) await world.admin.delete(refOf(object as KubeObject), {});
      await waitFor('the policy to be gone', () => world.admin.apply(marked('probe'), { dryRun: true }).then(() => true, () => false));
    },
  });

  scenario(GROUP, 'a webhook that nobody answers stands before every write (failurePolicy: Fail)', {
    begin: async (world) => {
      await world.apply(deadWebhook());
      await waitFor('the webhook to be asked', () => world.admin.apply(marked('probe'), { dryRun: true }).then(() => false, () => true));
    },
    meanwhile: async (world) => {
      const { reason, message } = await world.condition('MonitoringStack', 'shop', 'Applied', ({ status }) => status === 'False');
      expect([reason, message.includes('dead.example.test')]).to.deep.equal(['ApplyFailed', true]);
    },
    end: async (world) => {
      await world.admin.delete({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', name: 'dead' }, {});
      await waitFor('the webhook to be gone', () => world.admin.apply(marked('probe'), { dryRun: true }).then(() => true, () => false));
    },
  });

  it('lives with a webhook that changes its objects, without writing for ever', async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    const end = await world.startMutation();
    try {
      await world.change();
      record(GROUP, 'a webhook changes every object of ours', await world.live(45_000), 'change');
      await seconds(4);
      const since = Date.now();
      await seconds(4);
      const written = (await world.writesSince(since)).filter(({ objectRef }) => objectRef?.subresource !== 'status');
      expect(written.map(({ requestURI }) => requestURI)).to.deep.equal([]);
    } finally {
      await end();
    }
    // What the webhook changed stays until somebody touches the object.
    await world.meddle({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'grafana-shop', namespace: NAMESPACE } } as KubeObject, { metadata: { annotations: { touched: 'yes' } } });
    await world.change();
    await world.converged();
  });

  it('leaves a field to one who keeps changing it, and says who', async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    const scale = async (replicas: number): Promise<void> => {
      await world.scaler.apply({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'alertmanager-shop', namespace: NAMESPACE }, spec: { replicas } } as unknown as KubeObject, { force: true });
    };
    const begun = performance.now();
    const since = Date.now();
    await waitFor('the operator to give way', async (seen) => {
      await scale(2);
      const { drift } = await world.status('MonitoringStack', 'shop');
      seen(drift);
      return drift?.some((entry) => entry.yielded && entry.path === 'spec.replicas');
    }, { intervalMs: 700 });
    const { drift } = await world.status('MonitoringStack', 'shop');
    expect(drift?.find(({ yielded }) => yielded)).to.include({ object: 'StatefulSet/shop/alertmanager-shop', path: 'spec.replicas', manager: 'autoscaler' });
    const { reason, message } = await world.condition('MonitoringStack', 'shop', 'Applied', ({ reason: given }) => given === 'DriftYielded');
    expect([reason, message.includes('autoscaler')]).to.deep.equal(['DriftYielded', true]);
    record(GROUP, 'a controller fights over a field (then: left to it, and said)', performance.now() - begun, 'first change');
    const fought = (await world.writesSince(since)).filter(({ requestURI }) => requestURI.includes('/statefulsets/alertmanager-shop?'));
    expect(fought.length).to.be.at.most(3);
    // The other one lets go, and a new life of the operator knows of no fight.
    await world.meddle({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'alertmanager-shop', namespace: NAMESPACE } } as KubeObject, { spec: { replicas: 1 } });
    await world.stopOperator();
    await world.startOperator();
    await world.change();
    await world.converged(45_000);
  });

  it('follows a namespace that is created, labelled, unlabelled and deleted', async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    const namespace = (labels: object): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', labels } });
    await world.apply(stackFor('monitoring', { select: { namespaces: { matchLabels: { monitoring: 'on' } } } }));
    const jobs = async (): Promise<string> => JSON.stringify(((await world.admin.list({ apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }, { namespace: 'beside', labelSelector: 'belfry.dev/stack=monitoring' })).items).map((object) => object['data']));
    const has = (wanted: boolean): Promise<boolean> => waitFor(`the job to be ${wanted ? 'there' : 'gone'}`, async () => (await jobs()).includes('scrapetarget/team/checkout/0') === wanted, { timeoutMs: LIMIT_MS });
    await world.apply(namespace({ monitoring: 'on' }));
    await world.apply(scrapeTarget('checkout', { static: { targets: [world.scraped] } }, 'team'));
    const begun = performance.now();
    await has(true);
    await world.meddle({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } } as KubeObject, { metadata: { labels: { monitoring: null } } });
    await has(false);
    await waitFor('the reason', async (seen) => {
      const { conditions } = await world.status('ScrapeTarget', 'checkout', 'team');
      seen(conditions);
      return conditions?.some(({ type, status, reason }) => type === 'Selected' && status === 'False' && reason === 'NamespaceNotSelected');
    });
    await world.meddle({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } } as KubeObject, { metadata: { labels: { monitoring: 'on' } } });
    await has(true);
    await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'team' }, {});
    await has(false);
    record(GROUP, 'a namespace is created, unlabelled, labelled, deleted (all four together)', performance.now() - begun, 'creation');
    await world.admin.delete({ apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', namespace: 'beside', name: 'monitoring' }, {});
    await waitFor('nothing of it to be left', async (seen) => {
      const left = (await world.admin.list({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false }, { labelSelector: 'belfry.dev/stack=monitoring' })).items;
      seen([left.map(nameOf), await jobs()]);
      return left.length === 0 && (await jobs()) === '[]';
    });
    await world.expectIntact();
  });

  it('lives through the deletion of a whole stack\'s namespace, and its rebirth', async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    const make = async (): Promise<void> => {
      await world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fleeting' } });
      await world.apply({ ...stackFor('fleeting', {}), metadata: { name: 'fleeting', namespace: 'fleeting' } });
    };
    const ready = (): Promise<boolean | undefined> => waitFor('the stack to be Ready', async (seen) => {
      const { conditions } = await world.status('MonitoringStack', 'fleeting', 'fleeting');
      seen(conditions);
      return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    }, { timeoutMs: LIMIT_MS });
    await make();
    await ready();
    await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'fleeting' }, {});
    await waitFor('the namespace to be gone', async () => (await world.admin.read({ apiVersion: 'v1', kind: 'Namespace', name: 'fleeting' })) === undefined, { timeoutMs: 60_000 });
    await make();
    const begun = performance.now();
    await ready();
    record(GROUP, 'the namespace of a stack is deleted and made anew', performance.now() - begun, 'rebirth');
    await world.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'fleeting' }, {});
    await world.converged();
  });

  expectRightsToSuffice();
});

/** A small stack in the namespace `beside`. */
function stackFor(name: string, spec: object): Record<string, unknown> {
  return {
    apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name, namespace: 'beside' },
    spec: { prometheus: { replicas: 1 }, alertmanager: { enabled: false }, grafana: { enabled: false }, ...spec },
  };
}

function marked(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE, labels: { 'app.kubernetes.io/managed-by': 'belfry' } } };
}

/** A webhook whose server is away. */
function deadWebhook(): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'dead' },
    webhooks: [{
      name: 'dead.example.test', sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Fail', timeoutSeconds: 2,
      clientConfig: { url: 'https://127.0.0.1:1/' }, objectSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'belfry' } },
      rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*'] }],
    }],
  };
}

function refusal(): object[] {
  const admission = 'admissionregistration.k8s.io/v1';
  return [
    {
      apiVersion: admission, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'no-config' },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }] },
        matchConditions: [{ name: 'ours', expression: "has(object.metadata.labels) && object.metadata.labels[?'app.kubernetes.io/managed-by'].orValue('') == 'belfry'" }],
        validations: [{ expression: 'false', message: 'no ConfigMaps today' }],
      },
    },
    { apiVersion: admission, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'no-config' }, spec: { policyName: 'no-config', validationActions: ['Deny'] } },
  ];
}
