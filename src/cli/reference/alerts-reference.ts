import { ruleName, type PackAlert, type PackRule } from '../../render/builtin-rules/alert.ts';
import type { Pack } from '../../render/builtin-rules/pack.ts';
import { PACKS } from '../../render/builtin-rules/packs.ts';

/** docs/reference/alerts.md: every alert and record that a stack can come with. */
export function alertsReference(): string {
  return `# Alerts and records

Generated from \`src/render/builtin-rules\`. A pack comes with a stack when all that it needs is on. Names of alerts, records and
packs can be left out (\`rulePacks.disable\`), those that are off can be had (\`rulePacks.enable\`), and \`rulePacks.overrides\` sets
another severity, \`for\` or threshold.

critical: act now. warning: act on this working day. info: explains others, and is kept from people until something worse fires
beside it.

${PACKS.map(section).join('\n')}`;
}

function section(pack: Pack): string {
  const needs = pack.needs.length === 0 ? 'In every stack with a Prometheus server.' : `Needs ${pack.needs.map((part) => `\`${part}\``).join(' and ')}.`;
  const alerts = pack.rules.filter((rule): rule is PackAlert => 'alert' in rule);
  const table = alerts.length === 0 ? '' : `\n| alert | severity | for | threshold | default |\n|---|---|---|---|---|\n${alerts.map(row).join('')}`;
  return `## ${pack.name}\n\n${needs}\n${table}${records(pack.rules)}`;
}

function row({ alert, severity, for: hold = '', threshold, unit, labels, off, ofAll }: PackAlert): string {
  const limit = threshold === undefined ? '' : `${threshold} ${unit}`;
  const which = labels === undefined ? '' : ` (${Object.entries(labels).map(([name, value]) => `${name} ${value}`).join(', ')})`;
  return `| [${alert}](../runbooks/${alert}.md)${which} | ${severity} | ${hold} | ${limit} | ${defaultOf(off)}${ofAll === 'Spread' ? ', but for shards' : ''} |\n`;
}

function records(rules: readonly PackRule[]): string {
  const all = rules.filter((rule) => 'record' in rule);
  const names = [...new Set(all.map((rule) => `- \`${ruleName(rule)}\`${rule.off === undefined ? '' : `, ${defaultOf(rule.off)}`}\n`))];
  return names.length === 0 ? '' : `\nRecords:\n\n${names.join('')}`;
}

function defaultOf(off: string | undefined): string {
  return off === undefined ? 'on' : `off: ${off}`;
}
