import { LABEL_SHARD } from '../../api/group.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { cutPieces } from './config-text.ts';

/** What a resource has in the config that is live. */
export interface LivePieces {
  readonly scrape?: string;
  readonly rules?: string;
}

/**
 * Takes the texts of every resource out of a stack's live ConfigMaps, by owner (`ScrapeTarget/namespace/name`). Only the
 * first shard's are looked at: texts are kept the way that one reads them.
 */
export function piecesFromLive(configMaps: readonly KubeObject[]): Map<string, LivePieces> {
  const pieces = new Map<string, LivePieces>();
  for (const configMap of configMaps) {
    if ((configMap.metadata.labels?.[LABEL_SHARD] ?? '0') !== '0') continue;
    for (const [file, text] of Object.entries((configMap['data'] ?? {}) as Record<string, string>)) {
      const kind = /^(scrape|rules)-[0-9]{2}\.yaml$/.exec(file)?.[1];
      if (kind === undefined) continue;
      for (const [owner, piece] of cutPieces(text)) pieces.set(owner, { ...pieces.get(owner), [kind]: piece });
    }
  }
  return pieces;
}
