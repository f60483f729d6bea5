import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../api/kube-object.ts';
import { CommandError, type CommandIo } from './command-io.ts';
import { yamlDocuments, type YamlDocument } from './yaml-documents.ts';

/** A Kubernetes object in a file, and where. */
export interface Manifest {
  /** As given, or `stdin`. */
  readonly file: string;
  readonly object: KubeObject;
  /** The line where it begins, from 1. */
  readonly line: number;
  /** The line of a field of the object, or of its nearest parent that is in the file. */
  readonly lineOf: (path: string) => number;
}

/** A place in a file that is no Kubernetes object. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly kind: 'NotYaml' | 'NotAnObject';
  readonly message: string;
}

export interface ManifestFiles {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly FileProblem[];
}

const EXTENSION = /[.](ya?ml|json)$/;

/**
 * Everything in files, folders (all the way down, .yaml, .yml and .json) and `-` (standard input), in the order given and
 * by name within a folder. A List gives its items. Throws a CommandError for a path that cannot be read.
 */
export async function readFiles(paths: readonly string[], io: Pick<CommandIo, 'readStdin'>): Promise<ManifestFiles> {
  const manifests: Manifest[] = [];
  const problems: FileProblem[] = [];
  for (const path of paths) {
    const sources = path === '-' ? [{ file: 'stdin', text: await io.readStdin() }] : filesOf(path).map((file) => ({ file, text: readText(file) }));
    for (const { file, text } of sources) {
      const read = manifestsOf(file, text);
      manifests.push(...read.manifests);
      problems.push(...read.problems);
    }
  }
  return { manifests, problems };
}

/** The Kubernetes objects in one text. */
export function manifestsOf(file: string, text: string): ManifestFiles {
  const read = yamlDocuments(text);
  if ('error' in read) return { manifests: [], problems: [{ file, line: read.error.line, kind: 'NotYaml', message: `not YAML: ${read.error.message}` }] };
  const items = read.documents.flatMap(listItems);
  return {
    manifests: items.flatMap(({ value, lineOf }) => (isKubeObject(value) ? [{ file, object: value, line: lineOf(''), lineOf }] : [])),
    problems: items.flatMap(({ value, lineOf }) => (isKubeObject(value) ? [] : [notAnObject(file, lineOf(''))])),
  };
}

function notAnObject(file: string, line: number): FileProblem {
  return { file, line, kind: 'NotAnObject', message: 'not a Kubernetes object: apiVersion, kind and metadata.name have to be set' };
}

type Item = Pick<YamlDocument, 'value' | 'lineOf'>;

function listItems({ value, lineOf }: YamlDocument): Item[] {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || !value['kind'].endsWith('List') || !Array.isArray(value['items'])) return [{ value, lineOf }];
  return value['items'].map((item: unknown, index): Item => {
    const prefix = `items[${index}]`;
    return { value: item, lineOf: (path) => lineOf(path ? `${prefix}.${path}` : prefix) };
  });
}

function isKubeObject(value: unknown): value is KubeObject {
  return (
    isRecord(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isRecord(value['metadata']) &&
    typeof value['metadata']['name'] === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function filesOf(path: string): string[] {
  const stat = attempt(path, () => statSync(path));
  if (!stat.isDirectory()) return [path];
  const files = attempt(path, () => readdirSync(path, { withFileTypes: true }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      const child = join(path, entry.name);
      return entry.isDirectory() ? filesOf(child) : EXTENSION.test(entry.name) ? [child] : [];
    });
  return files;
}

function readText(file: string): string {
  return attempt(file, () => readFileSync(file, 'utf8'));
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file or folder' : (error as Error).message;
    throw new CommandError(`cannot read ${path}: ${why}`, { cause: error });
  }
}
