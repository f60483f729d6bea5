import { dump } from 'js-yaml';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuleGroup } from '../../src/formats/prometheus/rule-group.ts';
import { runCommand } from '../support/kubectl.ts';
import { ensureTool } from '../support/tools.ts';
import type { RuleCase } from './rule-cases/rule-case.ts';

/** An alert that fired, with its texts as people read them. */
export interface FiredAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * What fires in each case, in their order, as promtool has it: it is told that nothing should, and says what does. All
 * cases have the same step; one call of promtool.
 */
export async function firedAlerts(groups: readonly RuleGroup[], cases: readonly RuleCase[]): Promise<FiredAlert[][]> {
  const step = cases[0]?.step ?? '1m';
  const tests = cases.map(({ alert, at, series }, index) => ({
    name: `case ${index}`, interval: step, input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    alert_rule_test: [{ alertname: alert, eval_time: at, exp_alerts: [] }],
  }));
  const { code, output } = await testRules(groups, step, tests);
  const fired = cases.map((): FiredAlert[] => []);
  for (const [, index = '', got = ''] of output.matchAll(/^ +name: case (\d+),\n +alertname: [^\n]*\n +exp:\[\], *\n +got:\[\n([\s\S]*?)\n +\]$/gm)) fired[Number(index)] = alertsOf(got);
  if ((code === 0) !== fired.every((alerts) => alerts.length === 0)) throw new Error(`promtool said something else: ${output.slice(0, 2000)}`);
  return fired;
}

/** Runs tests in promtool's own words on rules; all of them have the same step. */
export async function testRules(groups: readonly RuleGroup[], step: string, tests: readonly object[]): Promise<{ readonly code: number; readonly output: string }> {
  const promtool = await ensureTool('promtool');
  const directory = await mkdtemp(join(tmpdir(), 'belfry-rules-'));
  try {
    await writeFile(join(directory, 'rules.yaml'), dump({ groups }, { noRefs: true }));
    await writeFile(join(directory, 'tests.yaml'), dump({ rule_files: ['rules.yaml'], evaluation_interval: step, tests }, { noRefs: true }));
    const { code, stdout, stderr } = await runCommand([promtool, 'test', 'rules', join(directory, 'tests.yaml')], { timeoutMs: 120_000 });
    return { code, output: stdout + stderr };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

// Labels:{a="b", c="d"} and Annotations:{...}, both with Go's %q, one after the other.
function alertsOf(text: string): FiredAlert[] {
  return [...text.matchAll(/Labels:\{(.*)\}\n\s*Annotations:\{(.*)\}/g)].map(([, labels = '', annotations = '']) => ({ labels: pairs(labels), annotations: pairs(annotations) }));
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/([a-zA-Z_]\w*)=("(?:[^"\\]|\\.)*")/g)].map(([, name = '', value = '']) => [name, JSON.parse(value) as string]));
}
