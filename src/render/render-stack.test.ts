import { expect } from 'chai';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import type { KubeObject } from '../api/kube-object.ts';
import { refKey, refOf } from '../api/kube-object.ts';
import { stableHash } from '../lib/stable-hash.ts';
import { compareWithFile } from '../testing/golden.ts';
import { stackCases, stackInput, type StackCase } from '../testing/stack-case.ts';
import { OWNED_KINDS } from './owned-kinds.ts';
import { renderStack } from './render-stack.ts';
import type { StackInput } from './stack-input.ts';

const DIRECTORY = `${import.meta.dirname}/testdata`;
const CASES = stackCases(DIRECTORY);

/** Dashboards have tests of their own, and nobody reads them here. */
function readable(object: KubeObject): KubeObject {
  const data = Object.entries((object['data'] ?? {}) as Record<string, string>).map(([key, value]) => {
    const isDashboard = key.endsWith('.json') && value.length > 1000;
    return [key, isDashboard ? `<dashboard ${stableHash(value)}>` : object.kind === 'Secret' ? Buffer.from(value, 'base64').toString('utf8') : value];
  });
  return data.length > 0 ? { ...object, data: Object.fromEntries(data) } : object;
}

describe('render/render-stack', () => {
  it('makes objects of the kinds that are watched and pruned, and each of those is needed', () => {
    const made = CASES.flatMap(({ input }) => renderStack(input).objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
    expect([...new Set(made)].sort()).to.deep.equal(OWNED_KINDS.map((kind) => kind.join(' ')).sort());
  });

  for (const { name, input } of CASES) {
    it(name.replaceAll('-', ' '), () => {
      const rendered = renderStack(input);
      expect(rendered.rejections).to.deep.equal([]);
      const documents = rendered.objects.map((object) => dump(readable(object), { lineWidth: -1, noRefs: true }));
      compareWithFile(`${DIRECTORY}/${name}.out.yaml`, documents.join('---\n'));
    });
  }

  it('gives probes by annotation what they need: the exporter that may ping, its dashboard, and Prometheus the right to find them', () => {
    const made = (discovers: boolean) => renderStack(stackInput({ spec: { exporters: { blackbox: {} }, discovery: { annotations: { enabled: discovers } } } })).objects;
    const named = (objects: readonly KubeObject[], kind: string, part: string) => JSON.stringify(objects.filter((object) => object.kind === kind && object.metadata.name.startsWith(part)));
    expect(named(made(true), 'Deployment', 'blackbox-exporter')).to.contain('net.ipv4.ping_group_range');
    expect(named(made(false), 'Deployment', 'blackbox-exporter')).to.contain('--config.file').and.not.contain('net.ipv4.ping_group_range');
    expect(named(made(true), 'ConfigMap', 'grafana')).to.contain('-dashboard-probes');
    expect(named(renderStack(stackInput({ spec: {} })).objects, 'ConfigMap', 'grafana')).to.contain('-dashboard-alerts').and.not.contain('-dashboard-probes');
    expect(named(made(true), 'Role', 'prometheus')).to.contain('"resources":["ingresses"],"verbs":["get","list","watch"]');
  });

  it('names, labels and owns every object', () => {
    for (const { name, input } of CASES) {
      const { stack } = input;
      const { objects } = renderStack(input);
      const keys = objects.map((object) => refKey(refOf(object)));
      expect(new Set(keys).size, `${name}: an object is there twice`).to.equal(keys.length);
      for (const object of objects) {
        const { labels = {}, namespace, ownerReferences } = object.metadata;
        expect(labels, refKey(refOf(object))).to.include({ 'app.kubernetes.io/managed-by': 'belfry', 'belfry.dev/stack': stack.metadata.name });
        expect(labels).to.have.property('app.kubernetes.io/name');
        expect(labels).not.to.have.property('app.kubernetes.io/instance');
        if (namespace === stack.metadata.namespace) {
          expect(ownerReferences?.map(({ uid, controller }) => [uid, controller])).to.deep.equal([[stack.metadata.uid, true]]);
        } else {
          expect(ownerReferences).to.equal(undefined);
          expect(labels).to.include({ 'belfry.dev/owner': stack.metadata.uid, 'belfry.dev/owner-namespace': stack.metadata.namespace });
        }
      }
    }
  });

  it('writes neither null nor undefined, neither status nor timestamps', () => {
    for (const { name, input } of CASES) {
      for (const object of renderStack(input).objects) {
        const at = `${name}: ${refKey(refOf(object))}`;
        expect(holes(object), at).to.deep.equal([]);
        expect(object, at).not.to.have.property('status');
        expect(object.metadata, at).not.to.have.any.keys('creationTimestamp', 'managedFields', 'resourceVersion');
      }
    }
  });

  it('gives the same bytes for the same input, whatever order it comes in and whatever was rendered before', () => {
    const shuffled = (items: readonly unknown[]) => fc.shuffledSubarray(items as unknown[], { minLength: items.length });
    for (const { input } of CASES) {
      const once = bytes(input);
      const order = fc.record({
        targets: shuffled(input.targets),
        policies: shuffled(input.policies),
        namespaces: shuffled([...input.facts.namespaces]),
        dashboards: shuffled([...input.facts.userDashboards]),
      });
      fc.assert(
        fc.property(order, ({ targets, policies, namespaces, dashboards }) => {
          const copy = structuredClone({ targets, policies, namespaces, dashboards, stack: input.stack });
          const again = { ...input, stack: copy.stack, targets: copy.targets, policies: copy.policies, facts: { ...input.facts, namespaces: new Map(copy.namespaces as never), userDashboards: new Map(copy.dashboards as never) } };
          expect(bytes(again as StackInput)).to.equal(once);
        }),
        { numRuns: 5 },
      );
    }
  });

  it('changes no pod template when targets, policies or dashboards come and go', () => {
    const before: StackCase = { spec: { grafana: { dashboards: { fromNamespaces: true } } } };
    const after: StackCase = {
      ...before,
      targets: [{ name: 'a', spec: { static: { targets: ['a:1'] }, endpoints: [{ auth: { bearerToken: { name: 's', key: 'k' } } }] } }],
      policies: [{ name: 'p', spec: { alerts: [{ alert: 'A', expr: 'up == 0' }] } }],
      references: { 'Secret/shop/s/k': 'v' },
      userDashboards: { 'shop/d': { 'd.json': '{"title":"D"}' } },
    };
    const templates = (input: StackCase) => renderStack(stackInput(input)).objects.flatMap((object) => (object['spec'] as { template?: unknown } | undefined)?.template ?? []);
    expect(templates(after)).to.deep.equal(templates(before)).and.have.length(3);
    expect(renderStack(stackInput(after)).objects.length).to.be.greaterThan(renderStack(stackInput(before)).objects.length);
  });

  it('gives no objects for a stack with a mistake of its own, and says which', () => {
    const { objects, rejections } = renderStack(stackInput({ spec: { prometheus: { version: 'v2.40.0' } } }));
    expect(objects).to.deep.equal([]);
    expect(rejections.map(({ object, path, reason }) => [object.kind, path, reason])).to.deep.equal([['MonitoringStack', 'spec.prometheus.version', 'VersionUnsupported']]);
  });

  it('leaves a ScrapeTarget with a mistake out, and renders the rest', () => {
    const { objects, rejections, jobs } = renderStack(stackInput({
      targets: [
        { name: 'bad', spec: { static: { targets: ['a:1'] }, endpoints: [{ relabel: [{ action: 'keep', regex: '(' }] }] } },
        { name: 'good', spec: { static: { targets: ['a:1'] } } },
      ],
    }));
    expect(rejections.map(({ object, reason }) => [object.name, reason])).to.deep.equal([['bad', 'RelabelRuleInvalid']]);
    expect([...jobs.keys()]).to.deep.equal(['ScrapeTarget/shop/good']);
    expect(objects.length).to.be.greaterThan(20);
  });
});

function bytes(input: StackInput): string {
  const { objects, rejections, buckets, alertmanagerConfig, ...maps } = renderStack(input);
  return JSON.stringify({ objects, rejections, buckets, alertmanagerConfig, maps: Object.values(maps).map((map) => (map instanceof Map ? [...map] : map)) });
}

/** Paths of all that is null or undefined. */
function holes(value: unknown, path = ''): string[] {
  if (value === null || value === undefined) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => holes(item, `${path}.${key}`));
}
