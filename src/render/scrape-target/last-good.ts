import type { Piece } from '../rendered.ts';
import type { TargetInput } from '../stack-input.ts';
import { credentialFile } from './credential-file.ts';
import { spreadAnew, type Spread } from './shard-rules.ts';

/** What stays live of a ScrapeTarget whose newest version is rejected. */
export interface LastGood {
  readonly piece?: Piece;
  readonly credentials: ReadonlyMap<string, string>;
}

/**
 * The jobs of the last good version, as text, with the files that they read: as the cluster has them now, or as they are
 * live where the newest version names others or somebody deleted them; and for the shards that there are now. Nothing is kept where one of those files is gone:
 * Prometheus refuses a whole config over a missing certificate.
 */
export function keepLastGood({ lastGood, lastGoodFiles = new Map(), references }: TargetInput, owner: string, spread: Spread): LastGood {
  if (lastGood === undefined) return { credentials: new Map() };
  const wanted = credentialFilesOf(lastGood);
  const credentials = new Map([...lastGoodFiles, ...knownFiles(references)].filter(([file]) => wanted.has(file)));
  if (references && credentials.size < wanted.size) return { credentials: new Map() };
  return { piece: { owner, text: spreadAnew(lastGood, spread), names: jobNames(lastGood) }, credentials };
}

/** The names of the credential files that a text of scrape configs reads. */
export function credentialFilesOf(text: string): Set<string> {
  return new Set(text.matchAll(/_file: ['"]?credentials\/([-._a-zA-Z0-9]+)/g).map(([, file = '']) => file));
}

function jobNames(text: string): string[] {
  return [...text.matchAll(/^- job_name: ['"]?([^'"\n]+)/gm)].map(([, name = '']) => name);
}

function knownFiles(references: TargetInput['references']): [file: string, value: string][] {
  return [...(references ?? [])].flatMap(([reference, value]) => {
    const [kind, namespace = '', name = '', key = ''] = reference.split('/');
    return kind === 'Secret' || kind === 'ConfigMap' ? [[credentialFile({ kind, namespace, name, key }), value]] : [];
  });
}
