import { keyOf } from '../api/kube-object.ts';
import { sortBy } from '../lib/sort-by.ts';
import { connect } from '../kube/client.ts';
import type { Cluster } from '../kube/cluster.ts';
import { resourceType } from '../kube/resource-types.ts';
import { palette } from './colour.ts';
import { CommandError, type CommandIo, type GlobalOptions } from './command-io.ts';
import { diffJson, diffText } from './diff-report.ts';
import { findingLine } from './finding-line.ts';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from './install-defaults.ts';
import { listCluster } from './listed-view.ts';
import { offlineStacks } from './offline-stacks.ts';
import { readFiles, type ManifestFiles } from './read-files.ts';
import { Refusals } from './refusals.ts';
import { stackDiff, type StackDiff } from './stack-diff.ts';

export interface DiffOptions extends GlobalOptions {
  /** Files to lay over what the cluster holds; the cluster alone where absent. */
  readonly files?: readonly string[];
  readonly output?: 'text' | 'json';
}

/**
 * `belfry diff`: what the operator would write now, or would if these files were applied, against what the cluster holds;
 * by dry runs, so that nothing is written and defaults are no differences. Exit code 0 for none, 1 for some, 2 where the
 * API server would refuse an object or a file cannot be used.
 */
export async function diffCommand(options: DiffOptions, io: CommandIo, cluster?: Cluster): Promise<number> {
  const target = cluster ?? (await connect(sourceOf(options)));
  const namespace = options.namespace ?? 'default';
  const files = options.files ? await readFiles(options.files, io) : undefined;
  if (files && hasMistakes(files, namespace, io)) return 2;

  const refusals = new Refusals();
  const stacks = await diffStacks(target, { options, files, namespace, refusals });
  if (stacks.length === 0) throw new CommandError(nothingToCompare(options));
  const report = { stacks, permissions: refusals.permissions };
  io.stdout(options.output === 'json' ? diffJson(report) : diffText(report, palette(io.colour)));
  return exitCode(stacks);
}

interface Scope {
  readonly options: DiffOptions;
  readonly files: ManifestFiles | undefined;
  /** Of what names none. */
  readonly namespace: string;
  readonly refusals: Refusals;
}

async function diffStacks(cluster: Cluster, { options, files, namespace, refusals }: Scope): Promise<StackDiff[]> {
  const overlay = (files?.manifests ?? []).map(({ object }) => inNamespace(object, namespace));
  const view = await listCluster(cluster, { overlay, namespace, refusals });
  const operatorNamespace = await findOperator(cluster, refusals);
  // Files may concern any stack that selects what is in them.
  const onlyIn = files || options.allNamespaces ? undefined : options.namespace;
  const diffs: StackDiff[] = [];
  for (const stack of sortBy(view.stacks(), keyOf)) {
    if (onlyIn !== undefined && stack.metadata.namespace !== onlyIn) continue;
    diffs.push(await stackDiff(stack, { cluster, view, refusals, operatorNamespace }));
  }
  return diffs;
}

function sourceOf({ kubeconfig, context }: GlobalOptions): { kubeconfig?: string; context?: string } {
  return { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) };
}

/** Says what is wrong with the files by themselves; rejections by rendering are part of the report. */
function hasMistakes(files: ManifestFiles, namespace: string, io: CommandIo): boolean {
  const { findings } = offlineStacks(files, namespace);
  for (const finding of findings) io.stderr(`${findingLine(finding)}\n`);
  return findings.length > 0;
}

/** Kinds of ours, and those that they refer to, live in a namespace whether or not the file says which. */
const NAMESPACED = ['MonitoringStack', 'ScrapeTarget', 'AlertPolicy', 'Secret', 'ConfigMap', 'Service'];

function inNamespace<T extends { readonly kind: string; readonly metadata: { readonly namespace?: string } }>(object: T, namespace: string): T {
  if (object.metadata.namespace !== undefined || !NAMESPACED.includes(object.kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Where the operator runs: NetworkPolicies name it. */
async function findOperator(cluster: Cluster, refusals: Refusals): Promise<string> {
  const type = resourceType('apps/v1', 'Deployment');
  const found = await refusals.unlessForbidden(() => cluster.list(type, { labelSelector: `app.kubernetes.io/name=${OPERATOR_NAME}`, metadataOnly: true }));
  return found?.items.find(({ metadata }) => metadata.name === OPERATOR_NAME)?.metadata.namespace ?? OPERATOR_NAMESPACE;
}

function nothingToCompare({ namespace, allNamespaces }: DiffOptions): string {
  const where = namespace === undefined || allNamespaces ? 'in the cluster' : `in namespace ${namespace}`;
  return `there is no MonitoringStack ${where}: give one with -f, or look elsewhere with -n or -A`;
}

function exitCode(stacks: readonly StackDiff[]): number {
  if (stacks.some(({ errors }) => errors.length > 0)) return 2;
  return stacks.some(({ diffs }) => diffs.length > 0) ? 1 : 0;
}
