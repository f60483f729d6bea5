import { CONDITION_TYPES, REASONS, type Reason } from '../../api/conditions.ts';
import { CODES } from '../codes.ts';

/** docs/reference/conditions.md: every condition type and every reason. */
export function conditionsReference(): string {
  const types = Object.entries(CONDITION_TYPES).map(([type, meaning]) => `| \`${type}\` | ${meaning} |\n`);
  return `# Conditions and reasons

Generated from \`src/api/conditions.ts\`. Conditions are shaped as kstatus, Argo CD and Flux expect them: each carries
\`observedGeneration\`, \`Ready\` sums up the others, and is \`Unknown\` while a first rollout is under way.
\`lastTransitionTime\` moves only when the status does. The message always names the value and the mend.

## Types

| type | True means |
|---|---|
${types.join('')}
## Reasons

${(Object.keys(REASONS) as Reason[]).map(section).join('\n')}`;
}

function section(reason: Reason): string {
  const code = (CODES as Partial<Record<string, string>>)[reason];
  return `### ${reason}\n\n${REASONS[reason]}${code ? ` \`belfry validate\` finds it as ${code}.` : ''}\n`;
}
