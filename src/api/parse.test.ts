import { expect } from 'chai';
import { load } from 'js-yaml';
import { readdirSync, readFileSync } from 'node:fs';
import { crd } from './crd.ts';
import type { CelRule } from './cel-rule.ts';
import type { KubeObject } from './kube-object.ts';
import { parseResource, parseScrapeTarget, RESOURCE_KINDS, type ResourceKind } from './parse.ts';
import { hasPatternHint } from './pattern-hint.ts';
import { alertPolicySpecSchema } from './alert-policy.ts';
import { monitoringStackSpecSchema } from './monitoring-stack.ts';
import { scrapeTargetSpecSchema } from './scrape-target.ts';

const DIRECTORY = `${import.meta.dirname}/testdata`;

function cases(ending: string): { name: string; text: string; object: KubeObject }[] {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith(ending)).sort();
  expect(files, `files that end with ${ending}`).not.to.be.empty;
  return files.map((file) => {
    const text = readFileSync(`${DIRECTORY}/${file}`, 'utf8');
    return { name: file.slice(0, -ending.length).replaceAll('-', ' '), text, object: load(text) as KubeObject };
  });
}

/** All values of a keyword in a schema, wherever. */
function valuesOf(node: unknown, keyword: string): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === keyword ? [value as unknown] : valuesOf(value, keyword)));
}

const SCHEMAS = [monitoringStackSpecSchema, scrapeTargetSpecSchema, alertPolicySpecSchema];

describe('api/parse', () => {
  for (const { name, object } of cases('.good.yaml')) {
    it(`takes ${name}, and answers with the very object`, () => {
      const parsed = parseResource(object.kind as ResourceKind)(object);
      expect(parsed.problems).to.equal(undefined);
      expect(parsed.ok).to.equal(object);
    });
  }

  for (const { name, text, object } of cases('.bad.yaml')) {
    it(`refuses ${name}, and says what to write instead`, () => {
      const { problems = [] } = parseResource(object.kind as ResourceKind)(object);
      expect(problems.map(({ path, message }) => `${path}: ${message}`)).to.deep.equal([/^# ours: (.*)$/m.exec(text)?.[1]]);
      expect(problems.map(({ reason }) => reason)).to.deep.equal(['Invalid']);
    });
  }

  it('refuses what is no object at all', () => {
    for (const value of [undefined, null, 5, 'text', [], {}]) {
      for (const kind of RESOURCE_KINDS) expect(parseResource(kind)(value).problems, JSON.stringify(value)).not.to.be.empty;
    }
  });

  it('refuses names that Kubernetes would', () => {
    const object = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'Check_out', namespace: 'a.b' }, spec: { pod: {} } };
    expect(parseScrapeTarget(object).problems?.map(({ path }) => path)).to.have.members(['metadata.name', 'metadata.namespace']);
  });

  it('does not look at the status, which is ours, nor at metadata that it does not know', () => {
    const metadata = { name: 'a', namespace: 'b', uid: 'x', managedFields: [], somethingNew: 1 };
    const object = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata, spec: { pod: {} }, status: { old: true } };
    expect(parseScrapeTarget(object).ok).to.equal(object);
  });

  it('names every mistake, not only the first', () => {
    const spec = { pod: {}, endpoints: [{ schem: 'http', port: true }, { interval: 'x' }] };
    const object = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'a', namespace: 'b' }, spec };
    expect(parseScrapeTarget(object).problems?.map(({ path }) => path)).to.have.members(['spec.endpoints[0].schem', 'spec.endpoints[0].port', 'spec.endpoints[1].interval']);
  });

  it('has a sentence for every pattern of the schemas', () => {
    const patterns = [...new Set(SCHEMAS.flatMap((schema) => valuesOf(schema, 'pattern')))].filter((pattern) => typeof pattern === 'string');
    expect(patterns).not.to.be.empty;
    expect(patterns.filter((pattern) => !hasPatternHint(pattern))).to.deep.equal([]);
  });

  it('has a bad file for every CEL rule of the schemas', () => {
    const messages = SCHEMAS.flatMap((schema) => valuesOf(schema, 'x-kubernetes-validations')).flatMap((rules) => (rules as CelRule[]).map(({ message }) => message));
    const shown = cases('.bad.yaml').map(({ text }) => text);
    expect([...new Set(messages)].filter((message) => !shown.some((text) => text.includes(`: ${message}\n`)))).to.deep.equal([]);
  });

  it('shares its kinds with the CRDs', () => {
    for (const kind of RESOURCE_KINDS) expect(crd(kind).metadata.name).to.match(/^[a-z]+\.belfry\.dev$/);
  });
});
