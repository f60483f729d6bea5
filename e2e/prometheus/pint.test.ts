import { expect } from 'chai';
import { dump } from 'js-yaml';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everyRule } from '../../src/testing/every-rule.ts';
import { runCommand } from '../support/kubectl.ts';
import { ensureTool } from '../support/tools.ts';

/** What pint says and we leave: each with the reason. */
const EXPLAINED: readonly { readonly rule: RegExp; readonly check: string; readonly why: string }[] = [
  { rule: /^Watchdog$/, check: 'alerts/comparison', why: 'it is meant to fire always' },
  { rule: /^KubeJobFailed$/, check: 'promql/impossible', why: 'the joined label compares runs with their CronJob, and is not wanted in the alert' },
  { rule: /^apiserver_request:(burnrate(6h|1d|3d)|availability30d)$/, check: 'rule/dependency', why: 'long windows are evaluated less often, so they are a group of their own' },
];

interface Finding {
  readonly reporter: string;
  readonly problem: string;
  readonly severity: string;
  readonly lines: readonly number[];
}

/** What pint has against a rule file, and the rule that each finding is about. */
async function findings(text: string): Promise<{ finding: Finding; rule: string }[]> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-pint-'));
  try {
    await writeFile(join(directory, 'rules.yaml'), text);
    const { code, stderr } = await runCommand(
      [await ensureTool('pint'), '--offline', '--no-color', '--show-duplicates', 'lint', '--min-severity=warning', '--fail-on=fatal', `--json=${join(directory, 'out.json')}`, join(directory, 'rules.yaml')],
      { timeoutMs: 60_000, cwd: directory },
    );
    expect(code, stderr).to.equal(0);
    const lines = text.split('\n');
    return (JSON.parse(await readFile(join(directory, 'out.json'), 'utf8')) as Finding[]).map((finding) => ({ finding, rule: ruleAt(lines, finding.lines[0] ?? 1) }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The name of the rule that a line belongs to. */
function ruleAt(lines: readonly string[], line: number): string {
  const before = lines.slice(0, line).toReversed();
  return before.map((text) => /^ +- (?:alert|record): '?([^']+)'?$/.exec(text)?.[1]).find((name) => name !== undefined) ?? '';
}

const yaml = (groups: readonly object[]): string => dump({ groups }, { noRefs: true, lineWidth: -1 });

describe('builtin rules, by pint', function () {
  this.timeout(60_000);

  it('have nothing that is a bug or to be warned of, but for what is explained', async () => {
    const all = await findings(yaml(everyRule()));
    const isExplained = ({ finding, rule }: (typeof all)[number]): boolean => EXPLAINED.some((one) => one.rule.test(rule) && one.check === finding.reporter);
    expect(all.filter((one) => !isExplained(one)).map(({ finding, rule }) => `${finding.severity} ${rule}: ${finding.problem} (${finding.reporter})`)).to.deep.equal([]);
    for (const { rule, check, why } of EXPLAINED) expect(all.some((one) => rule.test(one.rule) && one.finding.reporter === check), `${rule}: ${why}: no longer needed`).to.equal(true);
  });

  it('would be found', async () => {
    const [first] = await findings(yaml([{ name: 'g', rules: [{ alert: 'Silly', expr: 'rate(errors_total[5m]) + on () group_left () vector(1)' }] }]));
    expect(first).to.nested.include({ rule: 'Silly', 'finding.severity': 'Warning' });
  });
});
