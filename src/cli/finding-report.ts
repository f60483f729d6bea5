import { REASONS } from '../api/conditions.ts';
import { codeOf, FILE_REASONS } from './codes.ts';
import { findingLine } from './finding-line.ts';
import type { Finding } from './finding.ts';
import type { ReportFormat } from './report-format.ts';

/** Findings in one of the formats, with its line end; text of no findings is empty. */
export function findingReport(findings: readonly Finding[], format: ReportFormat): string {
  return WRITERS[format](findings);
}

const WRITERS: Readonly<Record<ReportFormat, (findings: readonly Finding[]) => string>> = {
  text: (findings) => findings.map((finding) => `${findingLine(finding)}\n`).join(''),
  json: (findings) => `${JSON.stringify(findings.map((finding) => ({ code: codeOf(finding.reason), ...finding })), null, 2)}\n`,
  sarif,
  junit,
};

function sarif(findings: readonly Finding[]): string {
  const rules = [...new Map(findings.map(({ reason }) => [codeOf(reason), reason]))].map(([id, reason]) => ({
    id,
    name: reason,
    shortDescription: { text: { ...REASONS, ...FILE_REASONS }[reason] },
  }));
  const results = findings.map((finding) => ({
    ruleId: codeOf(finding.reason),
    level: 'error',
    message: { text: [finding.object, finding.path].filter(Boolean).join(' ') + (finding.object ? ': ' : '') + finding.message },
    locations: [{ physicalLocation: { artifactLocation: { uri: finding.file }, region: { startLine: Math.max(1, finding.line) } } }],
  }));
  const driver = { name: 'belfry', rules };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [{ tool: { driver }, results }] }, null, 2)}\n`;
}

function junit(findings: readonly Finding[]): string {
  const cases = findings.map((finding) => {
    const name = `${finding.object || finding.file}${finding.path ? ` ${finding.path}` : ''}`;
    const failure = `    <failure type="${codeOf(finding.reason)}" message="${escaped(finding.message)}">${escaped(findingLine(finding))}</failure>\n`;
    return `  <testcase classname="${escaped(finding.file)}" name="${escaped(name)}">\n${failure}  </testcase>\n`;
  });
  // A report without any case counts as broken in most readers.
  const body = cases.length > 0 ? cases.join('') : '  <testcase classname="belfry" name="all resources are valid"/>\n';
  const counts = `tests="${Math.max(1, findings.length)}" failures="${findings.length}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="belfry validate" ${counts}>\n${body}</testsuite>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
