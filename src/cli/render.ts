import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubeObject } from '../api/kube-object.ts';
import { plural } from '../lib/plural.ts';
import { CommandError, type CommandIo } from './command-io.ts';
import { findingLine } from './finding-line.ts';
import { offlineStacks } from './offline-stacks.ts';
import { readFiles } from './read-files.ts';
import { renderFiles, type RenderedStack } from './render-files.ts';
import { stackFiles } from './stack-files.ts';
import { yamlStream, yamlText } from './yaml-stream.ts';

export interface RenderOptions {
  /** Files, folders, or `-`. */
  readonly files: readonly string[];
  /** Folder to write to; a YAML stream to stdout where absent. */
  readonly output?: string;
  readonly namespace?: string;
}

/**
 * `belfry render`: what the operator would write for these files, without a cluster. Exit code 1 when a resource is
 * rejected; the rest is rendered all the same, as it would be in the cluster.
 */
export async function renderCommand(options: RenderOptions, io: CommandIo): Promise<number> {
  const offline = offlineStacks(await readFiles(options.files, io), options.namespace ?? 'default');
  const { stacks, findings } = renderFiles(offline.inputs, offline);
  for (const finding of findings) io.stderr(`${findingLine(finding)}\n`);
  for (const stack of stacks) noteOmissions(stack, io);
  if (stacks.length === 0 && findings.length === 0) throw new CommandError('there is no MonitoringStack in these files: add one, `spec: {}` is enough');

  if (options.output === undefined) io.stdout(yamlStream(stacks.flatMap(({ rendered }) => rendered.objects)));
  else writeAll(options.output, stacks, io);
  return findings.length > 0 ? 1 : 0;
}

function noteOmissions({ input, rendered }: RenderedStack, io: CommandIo): void {
  const { name, namespace } = input.stack.metadata;
  for (const { object, field, since, why } of rendered.omitted) {
    io.stderr(`note: ${object || `MonitoringStack/${namespace}/${name}`}: ${field} is left out${why === undefined ? `, since it needs Prometheus ${since}` : `: ${why}`}\n`);
  }
}

function writeAll(directory: string, stacks: readonly RenderedStack[], io: CommandIo): void {
  const files = new Map<string, string>();
  for (const { rendered } of stacks) for (const object of rendered.objects) files.set(fileName(object), yamlText(object));
  for (const [path, text] of stackFiles(stacks)) files.set(path, text);
  for (const [path, text] of files) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  io.stderr(`wrote ${plural(files.size, 'file')} to ${directory}\n`);
}

function fileName({ kind, metadata: { namespace, name } }: KubeObject): string {
  // RBAC names may hold colons, which not every file system takes.
  const parts = [kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name.replaceAll(':', '_')];
  return `${parts.join('-')}.yaml`;
}
