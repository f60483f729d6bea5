import { expect } from 'chai';
import type { KubeObject, ObjectMeta } from '../api/kube-object.ts';
import { driftOf } from './drift.ts';
import { printPath } from './field-path.ts';
import { ownedFields } from './fields-v1.ts';

type Entry = { manager: string; operation: string; time?: string; subresource?: string; fieldsV1: object };

/** What we apply, as managedFields shows it. */
const OUR_FIELDS = {
  'f:metadata': { 'f:labels': { 'f:app.kubernetes.io/managed-by': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"grafana"}': { '.': {}, 'f:args': {}, 'f:image': {}, 'f:name': {}, 'f:ports': { 'k:{"containerPort":3000,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:name': {} } } } } } },
  },
};
const ours: Entry = { manager: 'belfry', operation: 'Apply', fieldsV1: OUR_FIELDS };

interface Values { replicas?: number; image?: string; args?: string[]; label?: string | undefined; portName?: string }

function deployment({ replicas = 1, image = 'grafana:1', args = ['a'], label = 'belfry', portName = 'http' }: Values, managedFields: Entry[]): KubeObject {
  const labels: Record<string, string> = label === '' ? {} : { 'app.kubernetes.io/managed-by': label };
  const metadata: ObjectMeta & { managedFields: Entry[] } = { namespace: 'shop', name: 'grafana-shop', labels, managedFields };
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata,
    spec: { replicas, template: { spec: { containers: [{ name: 'grafana', image, args, ports: [{ containerPort: 3000, protocol: 'TCP', name: portName }] }] } } },
  };
}
const dryRun = deployment({}, [ours]);
const found = (values: Values, managers: Entry[], isDesiredUnchanged = true) => driftOf({ live: deployment(values, managers), dryRun, isDesiredUnchanged }).map(({ path, manager }) => `${path} by ${manager}`);

const withoutOurs = (fields: object): Entry => ({ ...ours, fieldsV1: fields });
const IMAGE = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"grafana"}': { 'f:image': {} } } } } } };

describe('diff/fields-v1', () => {
  it('reads leaves, list items by key and by value, places, and leaves out what stands for the thing itself', () => {
    const set = { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } }, 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a/b"': {} } }, 'f:list': { 'i:2': { 'f:x': {} } } };
    expect(ownedFields(set).map(printPath)).to.deep.equal(['spec.ports[port=80,protocol=TCP].port', 'metadata.finalizers[="a/b"]', 'list[2].x']);
  });

  it('takes a thing that is owned without any of its members for a leaf', () => {
    expect(ownedFields({ 'f:data': { '.': {} } }).map(printPath)).to.deep.equal(['data']);
  });

  it('claims nothing about what it cannot read', () => {
    expect(ownedFields({ 'f:a': { 'z:?': {}, 'k:{broken': {} } }).map(printPath)).to.deep.equal([]);
    expect(ownedFields(undefined)).to.deep.equal([]);
    expect(ownedFields({})).to.deep.equal([]);
  });
});

describe('diff/drift', () => {
  it('finds nothing where all is as we want it', () => {
    expect(found({}, [ours])).to.deep.equal([]);
  });

  it('names the manager that took a field', () => {
    expect(found({ image: 'grafana:2' }, [withoutOurs({ 'f:spec': { 'f:replicas': {} } }), { manager: 'kubectl-edit', operation: 'Update', fieldsV1: IMAGE }])).to.deep.equal(['spec.template.spec.containers[name=grafana].image by kubectl-edit']);
  });

  it('names the subresource\'s writer, as an autoscaler is', () => {
    const scaler: Entry = { manager: 'kube-controller-manager', operation: 'Update', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } };
    expect(found({ replicas: 4 }, [withoutOurs(IMAGE), scaler])).to.deep.equal(['spec.replicas by kube-controller-manager']);
  });

  it('names the latest of several', () => {
    const entry = (manager: string, time: string): Entry => ({ manager, operation: 'Update', time, fieldsV1: IMAGE });
    expect(found({ image: 'x' }, [entry('late', '2026-01-02T00:00:00Z'), entry('later', '2026-01-03T00:00:00Z'), entry('early', '2026-01-01T00:00:00Z')])).to.deep.equal(['spec.template.spec.containers[name=grafana].image by later']);
  });

  it('holds our own change against nobody: we still own the field', () => {
    expect(found({ image: 'grafana:0' }, [ours], false)).to.deep.equal([]);
  });

  it('compares an atomic list as a whole', () => {
    const editor: Entry = { manager: 'vpa', operation: 'Update', fieldsV1: { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"grafana"}': { 'f:args': {} } } } } } } };
    expect(found({ args: ['a', 'b'] }, [editor])).to.deep.equal(['spec.template.spec.containers[name=grafana].args by vpa']);
  });

  it('sees a field that was removed, which leaves no owner behind, only if it was there after our apply', () => {
    expect(found({ label: '' }, [withoutOurs({ 'f:spec': {} })], true)).to.deep.equal(['metadata.labels["app.kubernetes.io/managed-by"] by unknown']);
    expect(found({ label: '' }, [withoutOurs({ 'f:spec': {} })], false)).to.deep.equal([]);
  });

  it('finds list items by key, whatever else is in the list, and never reports the key itself', () => {
    const removed: KubeObject = { ...dryRun, spec: { replicas: 1, template: { spec: { containers: [] } } } };
    const paths = driftOf({ live: removed, dryRun, isDesiredUnchanged: true }).map(({ path }) => path);
    expect(paths).to.deep.equal(['spec.template.spec.containers[name=grafana].args', 'spec.template.spec.containers[name=grafana].image', 'spec.template.spec.containers[name=grafana].ports[containerPort=3000,protocol=TCP].name']);
  });

  it('says what is there and what we want', () => {
    const [drift] = driftOf({ live: deployment({ replicas: 4 }, [{ manager: 'x', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }]), dryRun, isDesiredUnchanged: true });
    expect(drift).to.include({ object: 'Deployment/shop/grafana-shop', ours: 1, theirs: 4 });
  });
});
