import { REASONS } from '../../api/conditions.ts';
import { CODES, FILE_REASONS } from '../codes.ts';

/** docs/reference/codes.md: the codes of `belfry validate`. */
export function codesReference(): string {
  const meanings: Readonly<Record<string, string>> = { ...REASONS, ...FILE_REASONS };
  const rows = Object.entries(CODES).map(([reason, code]) => `| ${code} | \`${reason}\` | ${meanings[reason]} |\n`);
  return `# Codes of belfry validate

Generated from \`src/cli/codes.ts\`. A code never changes its meaning. In the cluster the same finding is the reason of the
condition \`Accepted\`.

| code | reason | meaning |
|---|---|---|
${rows.join('')}`;
}
