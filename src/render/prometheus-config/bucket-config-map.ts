import { COMPONENTS, bucketNumber, prometheusBucketConfigMap } from '../names.ts';
import { configMap } from '../pod/config-map.ts';
import { PART_PROMETHEUS_CONFIG } from '../../api/group.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { partLabel, shardLabels } from '../labels.ts';
import type { Bucket, Piece } from '../rendered.ts';
import { forShard } from '../scrape-target/shard-rules.ts';
import { samePieces, type BucketPieces } from './buckets.ts';
import { joinPieces, RULES_START, SCRAPE_START } from './config-text.ts';
import { marker, markerGroup, markerJob } from './marker.ts';

/** A bucket as an object, and how a replica proves that it has loaded it. */
export interface WrittenBucket {
  readonly bucket: Bucket;
  readonly configMap: KubeObject;
}

/** Whose ConfigMap, for which shard, and whether an agent reads it. */
export interface BucketReader {
  readonly stack: MonitoringStack;
  readonly shard: number;
  readonly mode: 'Server' | 'Agent';
}

interface Memo {
  readonly scrape: readonly Piece[];
  readonly rules: readonly Piece[];
  readonly key: string;
  readonly written: WrittenBucket;
}

/** Results by the first piece: a bucket whose first piece has changed has changed itself. One for each shard and stack. */
const known = new WeakMap<Piece, Memo[]>();
const MEMOS = 32;

/** The ConfigMap of a bucket for one shard. With the same pieces as last time it is the same object, and costs nothing. */
export function bucketConfigMap(pieces: BucketPieces, reader: BucketReader): WrittenBucket {
  const first = pieces.scrape[0] ?? pieces.rules[0];
  if (!first) throw new Error('an empty bucket has no ConfigMap');
  const { namespace, name, uid } = reader.stack.metadata;
  const key = [namespace, name, uid, reader.shard, reader.mode, pieces.number].join('/');
  const memos = known.get(first) ?? [];
  const memo = memos.find((one) => one.key === key);
  if (memo && samePieces(memo.scrape, pieces.scrape) && samePieces(memo.rules, pieces.rules)) return memo.written;
  const written = write(pieces, reader);
  known.set(first, [{ scrape: pieces.scrape, rules: pieces.rules, key, written }, ...memos.filter((one) => one !== memo).slice(0, MEMOS - 1)]);
  return written;
}

function write({ number, scrape, rules }: BucketPieces, { stack, shard, mode }: BucketReader): WrittenBucket {
  const name = prometheusBucketConfigMap(stack.metadata, shard, number);
  const jobs = forShard(joinPieces(scrape), shard);
  const groups = mode === 'Agent' ? '' : joinPieces(rules);
  const proof = marker(bucketNumber(number), jobs, groups);
  return {
    bucket: { configMap: name, number, shard, hash: proof.hash, marker: proof.name, owners: [...scrape, ...rules].map(({ owner }) => owner) },
    configMap: configMap({ stack }, {
      component: COMPONENTS.prometheus,
      name,
      labels: { ...partLabel(PART_PROMETHEUS_CONFIG), ...shardLabels(shard) },
      data: mode === 'Agent' ? agentFiles(number, jobs, markerJob(proof)) : serverFiles(number, jobs, markerGroup(proof) + groups),
    }),
  };
}

// The marker comes first: what follows the last comment that names an owner would be taken for a part of that piece.
function agentFiles(number: number, jobs: string, proof: string): Record<string, string> {
  return { [`scrape-${bucketNumber(number)}.yaml`]: SCRAPE_START + proof + jobs };
}

function serverFiles(number: number, jobs: string, groups: string): Record<string, string> {
  const rules = { [`rules-${bucketNumber(number)}.yaml`]: RULES_START + groups };
  return jobs === '' ? rules : { ...rules, [`scrape-${bucketNumber(number)}.yaml`]: SCRAPE_START + jobs };
}
