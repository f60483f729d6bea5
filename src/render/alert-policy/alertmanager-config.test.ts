import { expect } from 'chai';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { INTEGRATIONS, type ReceiverFields } from '../../api/receiver.ts';
import { goldenText } from '../../testing/golden.ts';
import { alertmanagerConfig } from './alertmanager-config.ts';
import { routingFromLive } from './routing-from-live.ts';
import { renderCase, type RenderCase } from './testdata/render-case.ts';

const GOLDENS = `${import.meta.dirname}/testdata/alertmanager`;

describe('render/alert-policy/alertmanager-config', () => {
  goldenText<RenderCase>(GOLDENS, 'yaml', (input) => {
    const { stack, references, rendered } = renderCase(input);
    expect(rendered.flatMap(({ rejections }) => rejections)).to.deep.equal([]);
    const routings = rendered.flatMap(({ routing }) => (routing ? [routing] : []));
    const text = alertmanagerConfig(stack, routings, references);
    expect(alertmanagerConfig(stack, routings.toReversed(), references), 'the order in which policies come').to.equal(text);
    const recovered = routings.map(({ owner }) => routingFromLive(text, owner)).filter((routing) => routing !== undefined);
    expect(recovered.map(({ owner }) => owner), 'policies found in the text').to.deep.equal(routings.map(({ owner }) => owner));
    expect(alertmanagerConfig(stack, recovered, references), 'what is made of the parts cut out of the text').to.equal(text);
    return text;
  });

  it('has every field of every integration in a golden', () => {
    const { policies } = load(readFileSync(`${GOLDENS}/every-integration.in.yaml`, 'utf8')) as { policies: { spec: { receivers: object[] } }[] };
    const used = new Set(pathsIn(policies[0]?.spec.receivers ?? []));
    expect(Object.entries(INTEGRATIONS).flatMap(([name, fields]) => fieldPaths(name, fields)).filter((path) => !used.has(path))).to.deep.equal([]);
  });
});

function pathsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [at, ...pathsIn(child, at)];
  });
}

function fieldPaths(path: string, fields: ReceiverFields): string[] {
  return Object.entries(fields).flatMap(([name, field]) => [`${path}.${name}`, ...fieldPaths(`${path}.${name}`, field.fields ?? {})]);
}
