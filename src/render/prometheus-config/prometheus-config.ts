import type { StackSettings } from '../../api/defaults.ts';
import { API_VERSION } from '../../api/group.ts';
import { refKey, refOf, type KubeObject } from '../../api/kube-object.ts';
import type { Rejection } from '../../api/rejection.ts';
import { configForVersion, type OmittedField } from '../../formats/prometheus/for-version.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { isAtLeast, parseVersion, printVersion } from '../../formats/prometheus/version.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import type { ScrapeTarget } from '../../api/scrape-target.ts';
import { Remembered } from '../../lib/remembered.ts';
import { sortBy } from '../../lib/sort-by.ts';
import { factParts } from '../fact-parts.ts';
import { bucketMapCount } from '../names.ts';
import { builtinTargets } from '../builtin-targets/builtin-targets.ts';
import { etcdCredentials } from '../builtin-targets/etcd-credentials.ts';
import { OTLP_SINCE } from '../prometheus-server/flags.ts';
import type { Bucket, Omission, Piece } from '../rendered.ts';
import { targetSettings } from '../scrape-target/target-settings.ts';
import type { StackInput } from '../stack-input.ts';
import type { StackParts } from '../stack-parts.ts';
import { baseConfigMap } from './base-config-map.ts';
import { bucketConfigMap, type WrittenBucket } from './bucket-config-map.ts';
import { assignBuckets, type BucketPieces } from './buckets.ts';
import { checkSettings } from './check-settings.ts';
import { collectCredentials } from './collect-credentials.ts';
import { credentialsSecret } from './credentials-secret.ts';
import { JobsByHome } from './jobs-by-home.ts';
import { prometheusYml, type PrometheusYmlParts } from './prometheus-yml.ts';
import { remoteWrites } from './remote-write.ts';
import { renderedGroup } from './rendered-group.ts';
import { rulesText } from './rules-text.ts';
import { targetGroups } from './target-groups.ts';

/** Everything that Prometheus reads, as objects, and what had to stay out of it. */
export interface PrometheusConfigOutput {
  /** ConfigMaps of all shards, and the Secret with credentials where there are any. */
  readonly objects: readonly KubeObject[];
  readonly buckets: readonly Bucket[];
  readonly rejections: readonly Rejection[];
  readonly omitted: readonly Omission[];
  /** job_names by owner (`ScrapeTarget/namespace/name`), last good versions included. */
  readonly jobs: ReadonlyMap<string, readonly string[]>;
  /** A ScrapeTarget in the config probes: the stack needs its blackbox exporter. */
  readonly probes: boolean;
  /** Those that do. */
  readonly probing: readonly ScrapeTarget[];
}

/** What others contribute to the config. */
export interface ConfigParts {
  /** Rule groups of AlertPolicies. */
  readonly policyPieces: readonly Piece[];
  /** Rule groups that come with the stack. */
  readonly builtinGroups: readonly RuleGroup[];
  /** The same for further shards, which do not see all. */
  readonly otherShardsGroups?: readonly RuleGroup[];
  /** What comes with the stack here. */
  readonly parts: StackParts;
}

/** Renders a stack's Prometheus config: a ConfigMap with what comes with the stack, and one for each bucket of what users brought. */
export function prometheusConfig(input: StackInput, settings: StackSettings, { policyPieces, builtinGroups, otherShardsGroups = builtinGroups, parts }: ConfigParts): PrometheusConfigOutput {
  const { stack, facts } = input;
  const remotes = remoteWrites(stack, facts.references, parseVersion(settings.prometheus.version));
  const own = new Map([...remotes.files, ...(parts.kubernetes.has('etcd') ? etcdCredentials(stack, settings.kubernetes, facts.references) : [])]);
  const forTargets = targetSettings(stack.metadata, settings);
  const { files, groups } = collectCredentials(own, targetGroups(stack, input.targets).map((group) => renderedGroup(group, forTargets)));
  const { buckets, leftOut } = assignBuckets(groups.map(({ pieces }) => pieces), settings.prometheus.mode === 'Agent' ? [] : policyPieces, {
    stack: stackKey(stack), maps: bucketMapCount(stack.spec.scope),
  });
  const probing = groups.flatMap((group) => group.probing);
  const probes = probing.length > 0;
  const makeBase = (): BaseMaps => baseMaps(stack, settings, {
    jobs: builtinTargets(stack.metadata, settings, { facts, parts, operatorNamespace: input.operator.namespace, probes }), remoteWrites: remotes.configs, builtinGroups, otherShardsGroups,
  });
  const base = bases.of(stack, [input.operator.namespace, probes, ...factParts(facts)], makeBase);
  const written = base.written.map((first, shard) => [first, ...buckets.map((bucket) => bucketConfigMap(bucket, { stack, shard, mode: settings.prometheus.mode }))]).flat();
  return {
    objects: [...(files.size > 0 ? [secrets.of(stack, [files], () => credentialsSecret(stack, files))] : []), ...written.map(({ configMap }) => configMap)],
    buckets: written.map(({ bucket }) => bucket),
    rejections: [
      ...[...checkSettings(stack, settings), ...remotes.problems].map((problem) => ({ object: refOf(stack as unknown as KubeObject), ...problem })),
      ...byOwner(groups.flatMap(({ rejections }) => rejections), ({ object }) => refKey(object)),
      ...leftOut.map((piece) => withoutRoom(piece, stack)),
    ],
    omitted: [...base.omitted.map((field) => ({ object: '', ...field })), ...byOwner(groups.flatMap(({ omissions }) => omissions), ({ object }) => object)],
    jobs: leftOut.length === 0 ? new JobsByHome(groups.map(({ jobs }) => jobs)) : jobsOf(buckets),
    probes,
    probing,
  };
}

/** A stack that was deleted and made again is another one: its objects have another owner. */
function stackKey({ metadata: { namespace, name, uid } }: MonitoringStack): string {
  return [namespace, name, uid].join('/');
}

function jobsOf(buckets: readonly BucketPieces[]): Map<string, readonly string[]> {
  const jobs = new Map<string, readonly string[]>();
  for (const { scrape } of buckets) for (const { owner, names } of scrape) jobs.set(owner, names);
  return jobs;
}

/** In an order that does not depend on the one in which the ScrapeTargets came. */
function byOwner<T>(items: readonly T[], owner: (item: T) => string): readonly T[] {
  return items.length < 2 ? items : sortBy(items, owner);
}

interface Base extends PrometheusYmlParts {
  readonly builtinGroups: readonly RuleGroup[];
  readonly otherShardsGroups: readonly RuleGroup[];
}

interface BaseMaps {
  /** One for each shard. */
  readonly written: readonly WrittenBucket[];
  readonly omitted: readonly OmittedField[];
}

/** Most changes touch no credentials. */
const secrets = new Remembered<MonitoringStack, KubeObject>();
/** What comes with the stack does not change with its ScrapeTargets. */
const bases = new Remembered<MonitoringStack, BaseMaps>();

function baseMaps(stack: MonitoringStack, settings: StackSettings, base: Base): BaseMaps {
  const { mode, shards, spread, version } = settings.prometheus;
  const yml = configForVersion(prometheusYml(stack.metadata, settings, base), parseVersion(version));
  const rules = rulesText(base.builtinGroups, version);
  const othersRules = shards === 1 ? rules : rulesText(base.otherShardsGroups, version);
  const written = Array.from({ length: shards }, (_, shard) => baseConfigMap(yml.config, shard === 0 ? rules.text : othersRules.text, { stack, shard, mode, spread }));
  return { written, omitted: [...yml.omitted, ...rules.omitted, ...receiverOmitted(settings.prometheus)] };
}

function receiverOmitted({ receive, version }: StackSettings['prometheus']): OmittedField[] {
  return receive?.otlp && !isAtLeast(parseVersion(version), OTLP_SINCE) ? [{ field: 'receive.otlp', since: printVersion(OTLP_SINCE) }] : [];
}

function withoutRoom({ owner }: Piece, stack: MonitoringStack): Rejection {
  const [kind = '', namespace = '', name = ''] = owner.split('/');
  return {
    object: { apiVersion: API_VERSION, kind, namespace, name },
    path: 'spec',
    reason: 'TooLarge',
    message: `the config of this stack is full: its ${bucketMapCount(stack.spec.scope)} ConfigMaps hold 900 KiB each; use a second stack, or fewer and smaller ScrapeTargets and AlertPolicies`,
  };
}
