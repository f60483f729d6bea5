import { Ajv, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { readdirSync, readFileSync } from 'node:fs';
import type { CelRule } from './cel-rule.ts';
import type { KubeObject } from './kube-object.ts';
import { resourceSchema, RESOURCE_KINDS, type ResourceKind } from './parse.ts';
import { violations } from './violations.ts';

const DIRECTORY = `${import.meta.dirname}/testdata`;
const SAMPLES = readdirSync(DIRECTORY).map((file) => load(readFileSync(`${DIRECTORY}/${file}`, 'utf8')) as KubeObject);

/** ajv with our two keywords of Kubernetes. */
function compile(schema: object): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false, logger: false });
  const keepsRules: SchemaValidateFunction = (rules: readonly CelRule[], self: unknown) => {
    if (typeof self !== 'object' || self === null || Array.isArray(self)) return true;
    const broken = rules.filter(({ holds }) => !holds(self as Readonly<Record<string, unknown>>));
    keepsRules.errors = broken.map((): Partial<ErrorObject> => ({ keyword: 'x-kubernetes-validations', params: {} }));
    return broken.length === 0;
  };
  ajv.addKeyword({ keyword: 'x-kubernetes-validations', errors: true, validate: keepsRules });
  ajv.addKeyword({ keyword: 'x-kubernetes-int-or-string', validate: (_: unknown, value: unknown) => typeof value === 'string' || Number.isInteger(value) });
  return ajv.compile(schema);
}

/** What ajv found. It also compares values of a wrong type with an enum, which nobody wants to read. */
function places(errors: readonly ErrorObject[]): string[] {
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors
    .filter(({ keyword, instancePath }) => keyword !== 'enum' || !mistyped.has(instancePath))
    .map(({ keyword, instancePath, params }) => {
      const extra = (params['additionalProperty'] ?? params['missingProperty']) as string | undefined;
      const segments = instancePath.split('/').slice(1).map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
      return `${keyword} ${JSON.stringify(extra === undefined ? segments : [...segments, extra])}`;
    })
    .sort();
}

/** Every place in a value, as the keys that lead to it. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function changed(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === key ? changed(item, rest, replacement) : item));
  const object = (typeof value === 'object' ? value : {}) as Readonly<Record<string, unknown>> | null;
  return { ...object, [key]: changed(object?.[key], rest, replacement) };
}

const odd = fc.oneof(
  fc.constantFrom<unknown>('', 'x', '5m', '5 m', 'http', 'https', '/x', '1GB', '99.9', 'TLS12', 'a.b', '\u{1f600}'.repeat(64), -1, 0, 1.5, 70000, true, null, [], {}, { x: 1 }, [1], [{}]),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('api/violations', () => {
  const compiled = new Map(RESOURCE_KINDS.map((kind) => [kind, compile(resourceSchema(kind))]));

  it('finds what ajv finds, at the same places, whatever is changed in good and bad files', function () {
    this.timeout(20_000);
    const cases = fc.constantFrom(...SAMPLES).chain((sample) => fc.tuple(fc.constant(sample), fc.constantFrom(...pathsOf(sample)), odd, fc.option(fc.string())));
    fc.assert(
      fc.property(cases, ([sample, path, replacement, extraKey]) => {
        const value = changed(sample, extraKey === null ? path : [...path, extraKey], replacement);
        const kind = sample.kind as ResourceKind;
        const validate = compiled.get(kind) as ValidateFunction;
        validate(value);
        expect(violations(resourceSchema(kind), value).map(({ keyword, path: place }) => `${keyword} ${JSON.stringify(place)}`).sort()).to.deep.equal(places(validate.errors ?? []));
      }),
      { numRuns: 1000 },
    );
  });

  it('is not fooled by the names of what every object has', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    expect(violations(schema, JSON.parse('{"constructor": 1, "__proto__": 2, "toString": 3}')).map(({ path }) => path[0])).to.have.members(['constructor', '__proto__', 'toString']);
  });

  it('counts characters, not code units', () => {
    expect(violations({ type: 'string', maxLength: 2 }, '\u{1f600}\u{1f600}')).to.deep.equal([]);
    expect(violations({ type: 'string', maxLength: 1 }, '\u{1f600}\u{1f600}')).to.have.length(1);
  });

  it('finds nothing in a large resource that has nothing wrong', () => {
    const endpoints = Array.from({ length: 50 }, (_, index) => ({ port: index + 1, interval: '15s', relabel: [{ action: 'drop', sourceLabels: ['a'], regex: 'b' }] }));
    const target = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'a', namespace: 'b' }, spec: { service: {}, endpoints } };
    const schema = resourceSchema('ScrapeTarget');
    expect(violations(schema, target)).to.deep.equal([]);
  });
});
