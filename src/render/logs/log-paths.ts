import type { LogFile } from '../../api/logs.ts';
import type { StackName } from '../names.ts';
import { componentName } from '../names.ts';
import type { NamespaceSelection } from './namespace-selection.ts';

/** Where the kubelet keeps what containers print: `<namespace>_<pod>_<uid>/<container>/<restarts>.log`. */
export const POD_LOGS = '/var/log/pods';
/** Links to those files, called `<pod>_<namespace>_<container>-<id>.log`: what Fluent Bit and Fluentd know pods by. */
export const CONTAINER_LOGS = '/var/log/containers';
/** Where the kubelet keeps the volumes of pods. */
export const POD_VOLUMES = '/var/lib/kubelet/pods';

/** Globs of the files to read, and of those among them to leave alone. */
export interface LogPaths {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Files below POD_LOGS. The collector's own are never read: each line of it would make another. */
export function podLogPaths(selection: NamespaceSelection, stack: StackName, component: string): LogPaths {
  const of = (namespace: string, pod = '*'): string => `${POD_LOGS}/${namespace}_${pod}/*/*.log`;
  return paths(selection, of, of(stack.namespace, `${componentName(stack, component)}-*`));
}

/** The same files by their links in CONTAINER_LOGS. */
export function containerLogPaths(selection: NamespaceSelection, stack: StackName, component: string): LogPaths {
  const of = (namespace: string, pod = '*'): string => `${CONTAINER_LOGS}/${pod}_${namespace}_*.log`;
  return paths(selection, of, of(stack.namespace, `${componentName(stack, component)}-*`));
}

function paths({ only = ['*'], except }: NamespaceSelection, of: (namespace: string) => string, own: string): LogPaths {
  return { include: only.map((namespace) => of(namespace)), exclude: [own, ...except.map((namespace) => of(namespace))] };
}

/** The glob of files in an emptyDir, whichever pod's. */
export function volumePath({ volume = '', path }: LogFile): string {
  return `${POD_VOLUMES}/*/volumes/kubernetes.io~empty-dir/${volume}/${path}`;
}

/** The globs of files of the nodes. */
export function hostPaths(files: readonly LogFile[]): string[] {
  return files.flatMap(({ hostPath, path }) => (hostPath === undefined ? [] : [`${hostPath}/${path}`]));
}

/** Directories of the nodes that hold them, each once, none below another. */
export function hostDirectories(files: readonly LogFile[]): string[] {
  const all = [...new Set(files.flatMap(({ hostPath }) => hostPath ?? []))].sort();
  return all.filter((directory) => !all.some((other) => directory.startsWith(`${other}/`)));
}
