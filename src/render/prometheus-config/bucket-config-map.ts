import { BUCKET_COUNT, COMPONENTS, bucketNumber, prometheusBucketConfigMap } from '../names.ts';
import { configMap } from '../pod/config-map.ts';
import { PART_PROMETHEUS_CONFIG } from '../../api/group.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { partLabel, shardLabels } from '../labels.ts';
import type { Bucket } from '../rendered.ts';
import { forShard } from '../scrape-target/shard-rules.ts';
import type { BucketPieces } from './buckets.ts';
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
  readonly reader: BucketReader;
  readonly written: WrittenBucket;
}

/** Results by the pieces, one for each shard and stack. */
const known = new WeakMap<BucketPieces, Memo[]>();
const MEMOS = 32;

/** The ConfigMap of a bucket for one shard. With the very pieces of last time it is the same object, and costs nothing. */
export function bucketConfigMap(pieces: BucketPieces, reader: BucketReader): WrittenBucket {
  const memos = known.get(pieces) ?? [];
  const memo = memos.find((one) => isSameReader(one.reader, reader));
  if (memo) return memo.written;
  const written = write(pieces, reader);
  known.set(pieces, [{ reader, written }, ...memos.slice(0, MEMOS - 1)]);
  return written;
}

/** Another version of a stack is the same reader: only what is written into its objects counts. */
function isSameReader(a: BucketReader, b: BucketReader): boolean {
  const [one, other] = [a.stack.metadata, b.stack.metadata];
  return a.shard === b.shard && a.mode === b.mode && one.uid === other.uid && one.name === other.name && one.namespace === other.namespace;
}

function write({ number, scrape, rules }: BucketPieces, { stack, shard, mode }: BucketReader): WrittenBucket {
  const name = prometheusBucketConfigMap(stack.metadata, shard, number);
  const jobs = forShard(joinPieces(scrape), shard);
  const groups = mode === 'Agent' ? '' : joinPieces(rules);
  const proof = marker(bucketNumber(number), jobs, groups);
  return {
    bucket: { configMap: name, home: number % BUCKET_COUNT, shard, hash: proof.hash, marker: proof.name, owners: [...scrape, ...rules].map(({ owner }) => owner) },
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
