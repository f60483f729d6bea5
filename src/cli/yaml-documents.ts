import { constructFromEvents, EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml';
import { fieldPath } from '../api/schema-problem.ts';
import { KUBECTL_SCHEMA } from './kubectl-schema.ts';

/** One document of a YAML or JSON file. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** The line of a field (`spec.endpoints[0].port`), or of its nearest parent that is in the file. */
  readonly lineOf: (path: string) => number;
}

/** The documents of a text, or why it is no YAML. */
export type YamlDocuments = { readonly documents: readonly YamlDocument[] } | { readonly error: { readonly line: number; readonly message: string } };

/** Reads all documents of a text as kubectl would. Empty ones are left out. */
export function yamlDocuments(source: string): YamlDocuments {
  try {
    const documents = splitDocuments(parseEvents(source, {})).flatMap((events) => documentOf(source, events));
    return { documents };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { error: { line: (error.mark?.line ?? 0) + 1, message: error.reason } };
  }
}

function documentOf(source: string, events: Event[]): YamlDocument[] {
  const [value] = constructFromEvents(events, { source, schema: KUBECTL_SCHEMA });
  if (value === null || value === undefined) return [];
  let offsets: ReadonlyMap<string, number> | undefined;
  const lineOf = (path: string): number => {
    offsets ??= fieldOffsets(source, events);
    return lineAt(source, nearestOffset(offsets, path));
  };
  return [{ value, line: lineOf(''), lineOf }];
}

function splitDocuments(events: readonly Event[]): Event[][] {
  const documents: Event[][] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) documents.push([]);
    documents.at(-1)?.push(event);
  }
  return documents;
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

function nearestOffset(offsets: ReadonlyMap<string, number>, path: string): number {
  let known = path;
  while (known && !offsets.has(known)) known = known.replace(/(^|[.])[^.[\]]+$|\[[^\]]*\]$/, '');
  return offsets.get(known) ?? 0;
}

interface OpenNode {
  readonly path: readonly string[];
  readonly isMapping: boolean;
  /** The key that waits for its value. */
  key?: string | undefined;
  index: number;
}

/** Where each field begins in the source; the root's path is empty. A field's place is that of its key. */
function fieldOffsets(source: string, events: readonly Event[]): Map<string, number> {
  const offsets = new Map<string, number>();
  const open: OpenNode[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const path = place(source, event, open, offsets);
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      open.push({ path: path ?? [], isMapping: event.type === EVENT_ID.MAPPING, index: 0 });
    }
  }
  return offsets;
}

type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT } | { type: typeof EVENT_ID.POP }>;

/** Notes where a node is, and answers with its path; undefined for a key. */
function place(source: string, event: NodeEvent, open: readonly OpenNode[], offsets: Map<string, number>): readonly string[] | undefined {
  const parent = open.at(-1);
  const start = startOf(event);
  if (!parent) {
    offsets.set('', start);
    return [];
  }
  if (!parent.isMapping) {
    const path = [...parent.path, String(parent.index++)];
    offsets.set(fieldPath(path), start);
    return path;
  }
  if (parent.key === undefined) {
    parent.key = event.type === EVENT_ID.SCALAR ? source.slice(event.valueStart, event.valueEnd) : '?';
    offsets.set(fieldPath([...parent.path, parent.key]), start);
    return undefined;
  }
  const path = [...parent.path, parent.key];
  parent.key = undefined;
  return path;
}

function startOf(event: NodeEvent): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : event.start;
}
