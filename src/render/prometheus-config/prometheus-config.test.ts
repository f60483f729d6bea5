import { expect } from 'chai';
import fc from 'fast-check';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { golden } from '../../testing/golden.ts';
import { stackInput, stackOf, targetInput, type ScrapeTargetCase } from '../../testing/scrape-target-case.ts';
import type { Piece } from '../rendered.ts';
import type { TargetInput } from '../stack-input.ts';
import { stackParts } from '../stack-parts.ts';
import { prometheusConfig, type PrometheusConfigOutput } from './prometheus-config.ts';

interface Case {
  readonly stack?: MonitoringStackSpec;
  readonly references?: Readonly<Record<string, string>>;
  readonly targets?: readonly ScrapeTargetCase[];
  readonly policyPieces?: readonly Piece[];
}

function render({ stack = {}, references, targets = [], policyPieces = [] }: Case, inputs: readonly TargetInput[] = targets.map(targetInput)): PrometheusConfigOutput {
  const { settings, ...input } = stackInput(stackOf(stack), inputs);
  const facts = { ...input.facts, references: references && new Map(Object.entries(references)) };
  const builtinGroups = [{ name: 'belfry', labels: { severity: 'none' }, rules: [{ alert: 'Watchdog', expr: 'vector(1)' }] }];
  return prometheusConfig({ ...input, facts }, settings, { policyPieces, builtinGroups, parts: stackParts(input.stack, settings, facts) });
}

const fixed = (name: string, address = '10.0.0.5:9100'): TargetInput => targetInput({ target: { name, spec: { static: { targets: [address] } } } });
const dataOf = (output: PrometheusConfigOutput): Map<string, unknown> => new Map(output.objects.map((object) => [object.metadata.name, object['data']]));

describe('render/prometheus-config', () => {
  golden<Case>(`${import.meta.dirname}/testdata`, (input) => {
    const { objects, rejections, omitted, jobs, probes } = render(input);
    return {
      files: Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object['data']])),
      rejections: rejections.map(({ object, path, reason, message }) => ({ object: `${object.kind}/${object.namespace}/${object.name}`, path, reason, message })),
      omitted,
      jobs: Object.fromEntries(jobs),
      probes,
    };
  });

  it('labels and owns what it writes', () => {
    const { objects } = render({ stack: { prometheus: { shards: 2 } } }, [fixed('a')]);
    expect(objects.map(({ metadata }) => [metadata.name, metadata.labels?.['belfry.dev/shard']])).to.deep.equal([
      ['prometheus-main', '0'], ['prometheus-main-config-41', '0'], ['prometheus-main-shard-1', '1'], ['prometheus-main-shard-1-config-41', '1'],
    ]);
    for (const { metadata } of objects) {
      expect(metadata.namespace).to.equal('monitoring');
      expect(metadata.labels).to.include({ 'app.kubernetes.io/managed-by': 'belfry', 'app.kubernetes.io/name': 'prometheus', 'belfry.dev/stack': 'main', 'belfry.dev/part': 'prometheus-config' });
      expect(metadata.ownerReferences?.map(({ uid }) => uid)).to.deep.equal(['uid-of-main']);
    }
  });

  it('lists a bucket for each ConfigMap, whose marker is in its text', () => {
    const output = render({}, [fixed('a'), fixed('b')]);
    const texts = dataOf(output);
    for (const { configMap, marker, hash } of output.buckets) {
      expect(marker).to.contain(hash);
      expect(Object.values(texts.get(configMap) as Record<string, string>).join('')).to.contain(`name: ${marker}\n`);
    }
    expect(output.buckets.map(({ owners }) => owners)).to.deep.equal([[], ['ScrapeTarget/shop/a'], ['ScrapeTarget/shop/b']]);
  });

  it('proves with a job where an agent has no rules', () => {
    const output = render({ stack: { prometheus: { mode: 'Agent', remoteWrite: [{ url: 'http://a/' }] } }, policyPieces: [{ owner: 'AlertPolicy/shop/a', text: '- name: x\n', names: ['x'] }] }, [fixed('a')]);
    const texts = dataOf(output);
    for (const { configMap, marker } of output.buckets) {
      const data = texts.get(configMap) as Record<string, string>;
      expect(Object.keys(data).filter((file) => file.startsWith('rules'))).to.deep.equal([]);
      expect(Object.values(data).join('')).to.contain(`- job_name: ${marker}\n`);
    }
  });

  it('gives the same bytes for the same ScrapeTargets in whatever order', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 30 });
    fc.assert(fc.property(names, (list) => {
      const inputs = list.map((name) => fixed(name));
      expect(render({}, inputs)).to.deep.equal(render({}, inputs.toReversed()));
    }), { numRuns: 30 });
  });

  it('changes no byte of anything else when a ScrapeTarget goes or turns bad', () => {
    const inputs = Array.from({ length: 300 }, (_, index) => fixed(`t${index}`));
    const all = render({}, inputs);
    const bad = fixed('t7', 'http://10.0.0.5/');
    for (const rest of [inputs.filter((_, index) => index !== 7), inputs.map((input, index) => (index === 7 ? bad : input))]) {
      const changed = [...dataOf(render({}, rest))].filter(([name, data]) => JSON.stringify(data) !== JSON.stringify(dataOf(all).get(name))).map(([name]) => name);
      expect(changed).to.deep.equal(all.buckets.filter(({ owners }) => owners.includes('ScrapeTarget/shop/t7')).map(({ configMap }) => configMap));
    }
  });

  it('renders one changed ScrapeTarget to what rendering everything anew gives, touching one ConfigMap', () => {
    const make = () => Array.from({ length: 500 }, (_, index) => fixed(`t${index}`));
    const inputs = make();
    const first = render({}, inputs);
    const changed = inputs.map((input, index) => (index === 123 ? fixed('t123', '10.9.9.9:1') : input));
    const second = render({}, changed);
    expect(second).to.deep.equal(render({}, make().map((input, index) => (index === 123 ? fixed('t123', '10.9.9.9:1') : input))));
    const before = new Set(first.objects);
    expect(second.objects.filter((object) => object.metadata.name.includes('-config-') && !before.has(object))).to.have.length(1);
  });

  it('writes credentials once, and the Secret only where there are any', () => {
    const withToken = (name: string) => targetInput({ target: { name, spec: { static: { targets: ['a:1'] }, endpoints: [{ auth: { bearerToken: { name: 's', key: 'k' } } }] } }, references: { 'Secret/shop/s/k': 'eA==' } });
    const { objects } = render({}, [withToken('a'), withToken('b')]);
    expect(objects.filter(({ kind }) => kind === 'Secret').map((object) => [object.metadata.name, object['data']])).to.deep.equal([['prometheus-main-credentials', { secret_shop_s_k: 'eA==' }]]);
    expect(render({}, [fixed('a')]).objects.filter(({ kind }) => kind === 'Secret')).to.deep.equal([]);
  });

  it('leaves out ScrapeTargets whose credentials find no room, the same ones each time', () => {
    const large = (name: string) => targetInput({
      target: { name, spec: { static: { targets: ['a:1'] }, endpoints: [{ auth: { bearerToken: { name, key: 'k' } } }] } },
      references: { [`Secret/shop/${name}/k`]: 'A'.repeat(500_000) },
    });
    const { rejections, jobs } = render({}, [large('b'), large('a')]);
    expect(rejections.map(({ object, reason }) => [object.name, reason])).to.deep.equal([['b', 'TooLarge']]);
    expect([...jobs.keys()]).to.deep.equal(['ScrapeTarget/shop/a']);
  });
});
