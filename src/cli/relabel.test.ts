import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommandError } from './command-io.ts';
import { relabelCommand, type RelabelCommandOptions } from './relabel.ts';

describe('cli/relabel', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'belfry-relabel-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  async function run(rules: string, options: Partial<RelabelCommandOptions>, stdin = ''): Promise<{ code: number; stdout: string; stderr: string }> {
    const file = join(dir, 'rules.yaml');
    writeFileSync(file, rules);
    const out = { stdout: '', stderr: '' };
    const code = await relabelCommand({ file, ...options }, {
      stdout: (text) => { out.stdout += text; },
      stderr: (text) => { out.stderr += text; },
      readStdin: async () => stdin,
      colour: false,
      signal: new AbortController().signal,
    });
    return { code, ...out };
  }

  const failure = async (rules: string, options: Partial<RelabelCommandOptions>, stdin?: string): Promise<string> => {
    try {
      await run(rules, options, stdin);
    } catch (error) {
      if (error instanceof CommandError) return error.message;
      throw error;
    }
    throw new Error('it did not fail');
  };

  it('answers JSON for one label set', async () => {
    const { code, stdout } = await run('- {sourceLabels: [app], targetLabel: team, regex: (.+)}\n- {action: drop, source_labels: [team], regex: x}\n', { labels: '{"app": "checkout"}', output: 'json' });
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({
      keep: true,
      labels: { app: 'checkout', team: 'checkout' },
      steps: [
        { rule: { source_labels: ['app'], target_label: 'team', regex: '(.+)' }, before: { app: 'checkout' }, after: { app: 'checkout', team: 'checkout' }, dropped: false },
        { rule: { action: 'drop', source_labels: ['team'], regex: 'x' }, before: { app: 'checkout', team: 'checkout' }, after: { app: 'checkout', team: 'checkout' }, dropped: false },
      ],
    });
  });

  it('answers JSON lines for JSON lines', async () => {
    const { stdout } = await run('[{"action": "keep", "sourceLabels": ["a"], "regex": "1"}]', { labels: '-', output: 'json' }, '{"a":"1"}\n{"a":"2"}\n\n');
    expect(stdout.trim().split('\n').map((line) => (JSON.parse(line) as { keep: boolean }).keep)).to.deep.equal([true, false]);
  });

  it('reads label sets from a file, over several lines or as a list too', async () => {
    const labels = join(dir, 'labels.json');
    writeFileSync(labels, '{\n  "a": "1"\n}\n');
    expect((await run('- {action: keep, source_labels: [a], regex: 1}', { labels, output: 'json' })).stdout).to.contain('"keep":true');
    writeFileSync(labels, '[{"a": "1"}, {"a": "2"}]');
    expect((await run('- {action: keep, source_labels: [a], regex: 1}', { labels, output: 'json' })).stdout.trim().split('\n')).to.have.length(2);
  });

  it('tells people what each rule changed', async () => {
    const rules = '- {source_labels: [app], target_label: team}\n- {action: labeldrop, regex: app}\n- {target_label: team, replacement: ops}\n- {action: drop, source_labels: [team], regex: ops}\n- {target_label: never}\n';
    expect((await run(rules, { labels: '{"app": "checkout"}' })).stdout).to.equal(`before  {app="checkout"}
   1. replace  source_labels: ["app"]  target_label: "team"
      + team="checkout"
   2. labeldrop  regex: "app"
      - app="checkout"
   3. replace  target_label: "team"  replacement: "ops"
      ~ team="checkout" -> "ops"
   4. drop  source_labels: ["team"]  regex: "ops"
      - dropped
dropped by rule 4 of 5
`);
  });

  it('reads values as Prometheus does: numbers as text, nothing as empty', async () => {
    const { stdout } = await run('- {source_labels: [a], regex: 1.0, target_label: b, replacement: yes}\n- {action: drop, source_labels: [c], regex: }\n', { labels: '{"a": "1.0", "c": "x"}', output: 'json' });
    expect(JSON.parse(stdout)).to.deep.include({ keep: true, labels: { a: '1.0', b: 'yes', c: 'x' } });
  });

  it('takes a scrape config\'s own list, or a single rule', async () => {
    expect((await run('relabel_configs: [{target_label: a, replacement: b}]', { labels: '{}', output: 'json' })).stdout).to.contain('"labels":{"a":"b"}');
    expect((await run('{target_label: a, replacement: b}', { labels: '{}', output: 'json' })).stdout).to.contain('"labels":{"a":"b"}');
  });

  const refused: readonly (readonly [rules: string, message: string])[] = [
    ['- {action: keep, source_labels: [a], regex: "(?!x).*"}', 'rule 1: regex "(?!x).*": look-ahead (?!...) is not part of RE2'],
    ['- {target_label: a}\n- {action: hashmod, target_label: b}', 'rule 2: action hashmod needs a modulus'],
    ['- {target: a}', 'rule 1: field "target" is unknown'],
    ['- {source_labels: a, target_label: b}', 'rule 1: source_labels must be a list: write [a]'],
    ['- keep', 'rule 1: a rule is a map of fields'],
    ['- {action: , target_label: b}', 'rule 1: action "" is unknown'],
    ['- {action: hashmod, modulus: x, target_label: b}', 'modulus must be a whole number'],
    ['hello', 'no relabel rules in it'],
  ];
  for (const [rules, message] of refused) {
    it(`exits with 1 for ${rules.replaceAll('\n', ' ')}`, async () => {
      const { code, stdout, stderr } = await run(rules, { labels: '{}' });
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.contain(message);
    });
  }

  it('judges by the release and the scheme it is told', async () => {
    const rule = '- {target_label: a.b, replacement: c}';
    expect((await run(rule, { labels: '{}' })).code).to.equal(0);
    expect((await run(rule, { labels: '{}', scheme: 'legacy' })).code).to.equal(1);
    expect((await run(rule, { labels: '{}', prometheus: 'v2.55.1' })).code).to.equal(1);
  });

  it('tells whoever typed it what is wrong', async () => {
    const rule = '- {target_label: a}';
    expect(await failure(rule, { labels: '{"a": 1}' })).to.equal('-l: label set 1: the value of label "a" must be text: write "1"');
    expect(await failure(rule, { labels: '-' }, 'a=b')).to.contain('no JSON: a=b');
    expect(await failure(rule, { labels: join(dir, 'none.json') })).to.contain('cannot read');
    expect(await failure(rule, { output: 'yaml' })).to.contain('use text or json');
    expect(await failure(rule, { file: '-' })).to.contain('cannot both come from stdin');
    expect(await failure('- {', { labels: '{}' })).to.contain('is no YAML');
  });
});
