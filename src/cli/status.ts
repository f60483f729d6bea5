import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertPolicy } from '../api/alert-policy.ts';
import { API_VERSION } from '../api/group.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ResourceKind } from '../api/parse.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import type { Cluster } from '../kube/cluster.ts';
import { isKubeError } from '../kube/errors.ts';
import { resourceType } from '../kube/resource-types.ts';
import { CommandError, type CommandIo, type GlobalOptions } from './command-io.ts';
import { overview, type Overview } from './stack-overview.ts';
import { statusReport } from './status-report.ts';
import { yamlText } from './yaml-stream.ts';

export interface StatusOptions extends GlobalOptions {
  readonly output?: 'wide' | 'json' | 'yaml';
  readonly watch?: boolean;
}

const WATCH_INTERVAL_MS = 2000;
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

/** `belfry status`: how every stack is, from the statuses of the resources. */
export async function statusCommand(options: StatusOptions, io: CommandIo): Promise<number> {
  const { connect } = await import('../kube/client.ts');
  const { kubeconfig, context } = options;
  const cluster = await connect({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) });
  try {
    const namespace = options.allNamespaces ? undefined : (options.namespace ?? cluster.defaultNamespace);
    return await showStatus(cluster, { ...options, namespace }, io);
  } finally {
    cluster.close();
  }
}

type Show = Pick<StatusOptions, 'output' | 'watch'> & { readonly namespace: string | undefined };

/** The same, of a cluster at hand; `namespace` undefined is all of them. */
async function showStatus(cluster: Cluster, options: Show, io: CommandIo): Promise<number> {
  let shown: string | undefined;
  do {
    const text = write(await readOverview(cluster, options.namespace), options, io);
    if (text !== shown) io.stdout(options.watch && io.colour ? CLEAR_SCREEN + text : text);
    shown = text;
  } while (options.watch && (await interval(io.signal)));
  return 0;
}

/** False once the user has had enough. */
async function interval(signal: AbortSignal): Promise<boolean> {
  return sleep(WATCH_INTERVAL_MS, true, { signal }).catch(() => false);
}

async function readOverview(cluster: Cluster, namespace: string | undefined): Promise<Overview> {
  try {
    const [stacks, targets, policies] = await Promise.all([
      listKind<MonitoringStack>(cluster, 'MonitoringStack', namespace),
      listEverywhere<ScrapeTarget>(cluster, 'ScrapeTarget', namespace),
      listEverywhere<AlertPolicy>(cluster, 'AlertPolicy', namespace),
    ]);
    const all = overview({ stacks, targets, policies });
    return namespace === undefined ? all : { ...all, unselected: all.unselected.filter((resource) => resource.namespace === namespace) };
  } catch (error) {
    if (isKubeError(error, 'notFound')) throw new CommandError('this cluster has no MonitoringStacks: install them by `belfry install | kubectl apply -f -`', { cause: error });
    throw error;
  }
}

async function listKind<T>(cluster: Cluster, kind: ResourceKind, namespace: string | undefined): Promise<readonly T[]> {
  const { items } = await cluster.list(resourceType(API_VERSION, kind), namespace === undefined ? {} : { namespace });
  // A status is ours: what does not fit its schema is shown as far as it goes.
  return items as readonly unknown[] as readonly T[];
}

/** A stack may select in other namespaces than its own; who may not look there sees those of his own. */
async function listEverywhere<T>(cluster: Cluster, kind: ResourceKind, namespace: string | undefined): Promise<readonly T[]> {
  try {
    return await listKind<T>(cluster, kind, undefined);
  } catch (error) {
    if (namespace !== undefined && isKubeError(error, 'forbidden')) return listKind<T>(cluster, kind, namespace);
    throw error;
  }
}

function write(all: Overview, { output, namespace }: Show, io: CommandIo): string {
  if (output === 'json') return `${JSON.stringify(all, null, 2)}\n`;
  if (output === 'yaml') return yamlText(all);
  if (all.stacks.length + all.unselected.length > 0) return statusReport(all, { colour: io.colour, wide: output === 'wide' });
  return namespace === undefined ? 'No MonitoringStack anywhere.\n' : `No MonitoringStack in ${namespace}; -A looks everywhere.\n`;
}
