import { API_VERSION } from '../api/group.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { plural } from '../lib/plural.ts';
import type { StackInput } from '../render/stack-input.ts';
import type { CommandIo } from './command-io.ts';
import type { Finding } from './finding.ts';
import { findingReport } from './finding-report.ts';
import { offlineStacks, stackInput, type OfflineStacks } from './offline-stacks.ts';
import { readFiles } from './read-files.ts';
import { renderFiles } from './render-files.ts';
import type { ReportFormat } from './report-format.ts';

export interface ValidateOptions {
  readonly files: readonly string[];
  readonly output?: ReportFormat;
  readonly namespace?: string;
}

/** `belfry validate`: the checks of the operator on files, by the same code as in the cluster. Exit code 1 when one is wrong. */
export async function validateCommand(options: ValidateOptions, io: CommandIo): Promise<number> {
  const offline = offlineStacks(await readFiles(options.files, io), options.namespace ?? 'default');
  const { findings } = renderFiles([...offline.inputs, ...remainder(offline)], offline);
  io.stdout(findingReport(findings, options.output ?? 'text'));
  const ignored = [...offline.ignored].map(([kind, count]) => `${count} ${kind}`);
  if (ignored.length > 0) io.stderr(`note: not looked at: ${ignored.join(', ')}\n`);
  io.stderr(summary(findings, offline));
  return findings.length > 0 ? 1 : 0;
}

function summary(findings: readonly Finding[], { resources }: OfflineStacks): string {
  const count = Object.values(resources).reduce((sum, list) => sum + list.length, 0);
  if (findings.length > 0) return `${plural(findings.length, 'problem')}\n`;
  return count === 0 ? 'nothing of belfry.dev is in these files\n' : `${plural(count, 'resource is', 'resources are')} valid\n`;
}

/** What no stack in the files selects is checked as a stack with all defaults would: it may be selected elsewhere. */
function remainder({ inputs, resources, references }: OfflineStacks): StackInput[] {
  const selected = new Set<object>(inputs.flatMap(({ targets, policies }) => [...targets.map(({ target }) => target), ...policies.map(({ policy }) => policy)]));
  const rest = {
    ScrapeTarget: resources.ScrapeTarget.filter((target) => !selected.has(target)),
    AlertPolicy: resources.AlertPolicy.filter((policy) => !selected.has(policy)),
  };
  if (rest.ScrapeTarget.length + rest.AlertPolicy.length === 0) return [];
  const namespaces = new Map([...rest.ScrapeTarget, ...rest.AlertPolicy].map(({ metadata }) => [metadata.namespace, {}]));
  return [stackInput(LENIENT_STACK, { resources: rest, namespaces, userDashboards: new Map(), references })];
}

const LENIENT_STACK: MonitoringStack = {
  apiVersion: API_VERSION,
  kind: 'MonitoringStack',
  metadata: { name: 'default', namespace: 'default' },
  spec: { scope: 'Cluster', select: { crossNamespace: true } },
};
