import type { NodeProblemPlugin } from '../../../api/cluster-settings.ts';
import type { Problem } from '../../../api/rejection.ts';
import { credentialProblems } from '../../scrape-target/check-credentials.ts';
import { referenceKey, type ReferenceFacts } from '../../stack-input.ts';

/** Plugins as they can be written, and what keeps the others from it. */
export interface CheckedPlugins {
  readonly usable: readonly NodeProblemPlugin[];
  readonly problems: readonly Problem[];
}

/**
 * Which plugins have a script that the kernel would start. The detector ends at once over a file that is not there, and with it the eye
 * on the kernel log, so a plugin without a script waits outside. Where nobody looked, every script counts as there.
 */
export function checkScripts(plugins: readonly NodeProblemPlugin[], namespace: string, references: ReferenceFacts): CheckedPlugins {
  const checked = plugins.map((plugin, index) => ({ plugin, problems: scriptProblems(plugin, { namespace, references, path: `spec.exporters.nodeProblemDetector.plugins[${index}]` }) }));
  return {
    usable: checked.filter(({ problems }) => problems.length === 0).map(({ plugin }) => plugin),
    problems: checked.flatMap(({ problems }) => problems),
  };
}

interface Surroundings {
  readonly namespace: string;
  readonly references: ReferenceFacts;
  readonly path: string;
}

function scriptProblems({ script }: NodeProblemPlugin, { namespace, references, path }: Surroundings): Problem[] {
  const missing = credentialProblems({ script }, namespace, references, path);
  const { name, key } = script.configMap;
  const value = references?.get(referenceKey('ConfigMap', namespace, name, key));
  const problem = missing.length > 0 || value === undefined ? undefined : startProblem(Buffer.from(value, 'base64'));
  return problem === undefined ? missing : [{ path: `${path}.script.configMap`, reason: 'Invalid', message: `key ${key} of ConfigMap ${namespace}/${name} ${problem}` }];
}

/** Why the kernel would not start a file (Linux fs/binfmt_script.c, fs/binfmt_elf.c), with the mend. */
function startProblem(file: Buffer): string | undefined {
  if (file.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))) return undefined;
  const [first = ''] = file.toString('latin1').split('\n', 1);
  if (!/^#![ \t]*\//.test(first)) return 'is no script that can be started: begin its first line with #! and the path of an interpreter, like #!/bin/sh';
  return first.endsWith('\r') ? 'has lines that end as on Windows, and the interpreter would not be found: write plain line feeds' : undefined;
}
