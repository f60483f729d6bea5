import { expect } from 'chai';
import fc from 'fast-check';
import { printYaml } from '../../src/formats/prometheus/print.ts';
import { promqlProblems } from '../../src/formats/prometheus/promql.ts';
import { parseVersion } from '../../src/formats/prometheus/version.ts';
import { composedExpressions, EXPRESSIONS, mutatedExpressions } from './promql-corpus.ts';
import { checkRules } from './promtool.ts';

const SEED = Number(process.env['PARITY_SEED'] ?? 20261121);
const COUNT = Number(process.env['PARITY_COUNT'] ?? 1500);

interface Difference {
  readonly expr: string;
  readonly prometheus: string;
  readonly belfry: string;
}

/** Expressions that promtool of a release judges otherwise than we do. */
async function differences(expressions: readonly string[], release: string): Promise<Difference[]> {
  const version = parseVersion(release);
  const verdicts = await checkRules(expressions.map((expr) => printYaml({ groups: [{ name: 'g', rules: [{ record: 'r', expr }] }] })), release);
  return expressions.flatMap((expr, index) => {
    const problems = promqlProblems(expr, version);
    const verdict = verdicts[index];
    if ((verdict === undefined) === (problems.length === 0)) return [];
    return [{ expr, prometheus: verdict ?? 'takes it', belfry: problems[0]?.message ?? 'takes it' }];
  });
}

/** Faults of old parsers, which let these pass; we do not, whatever the release. */
const TAKEN_ONCE: readonly string[] = ['rate(a[0])', 'rate(a[1e30])', 'rate(a @ end() [5m])', 'a offset inf', 'a offset 1e30', '0x1e', '0x1e+1', '0x1e++1'];

describe('PromQL, against the real parser', function suite() {
  this.timeout(300_000);

  it(`judges ${EXPRESSIONS.length} expressions as Prometheus does`, async () => {
    expect(await differences(EXPRESSIONS, '3.15')).to.deep.equal([]);
  });

  it(`judges ${COUNT} changed and ${COUNT} composed expressions as Prometheus does`, async () => {
    process.stderr.write(`      PromQL parity: seed ${SEED}\n`);
    const expressions = [...fc.sample(mutatedExpressions, { seed: SEED, numRuns: COUNT }), ...fc.sample(composedExpressions, { seed: SEED, numRuns: COUNT })];
    expect((await differences([...new Set(expressions)], '3.15')).slice(0, 20)).to.deep.equal([]);
    const refused = expressions.filter((expr) => promqlProblems(expr).length > 0).length;
    expect(refused / expressions.length, 'share of expressions that are refused').to.be.within(0.2, 0.8);
  });

  for (const release of ['2.45', '2.55', '3.5']) {
    it(`judges them as Prometheus ${release} does`, async () => {
      const mutated = fc.sample(mutatedExpressions, { seed: SEED, numRuns: COUNT / 3 });
      const found = await differences([...EXPRESSIONS, ...mutated], release);
      expect(found.filter(({ expr }) => !TAKEN_ONCE.includes(expr))).to.deep.equal([]);
    });
  }
});
