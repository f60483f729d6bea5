import type { Command } from 'commander';
import { createProgram } from '../program.ts';

/** docs/reference/cli.md: the help of every command. */
export function cliReference(): string {
  const program = createProgram('belfry', () => async () => undefined);
  return `# Command line

Generated from \`src/cli/program.ts\`. Installed as \`belfry\`, and as \`kubectl-belfry\` for \`kubectl belfry\`.
Results go to stdout, everything else to stderr. Exit codes: 0 fine, 1 something was found, 2 the command could not do its work.

## belfry

${help(program)}
${program.commands.map((command) => `## belfry ${command.name()}\n\n${help(command)}`).join('\n')}`;
}

function help(command: Command): string {
  let text = '';
  // Fixed, so that the width of somebody's terminal does not get into the file.
  command.configureOutput({ getOutHelpWidth: () => 100, writeOut: (part) => (text += part), getOutHasColors: () => false });
  command.outputHelp();
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}
