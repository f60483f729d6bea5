import type { LogSettings } from '../../../api/log-settings.ts';
import { COMPONENTS, PORTS, type StackName } from '../../names.ts';
import { containerLogPaths, hostPaths } from '../log-paths.ts';
import { namespaceSelection } from '../namespace-selection.ts';
import { namespaceFilter } from './namespace-filter.ts';
import { output } from './output.ts';
import { CONTAINERS, STATE } from './places.ts';
import type { Directive } from './print.ts';

/** Fluentd's config, directive by directive, with plugins that its images for Kubernetes bring. */
export function fluentdConfig(stack: StackName, settings: LogSettings): Directive[] {
  const selection = namespaceSelection(settings, stack);
  const { include, exclude } = containerLogPaths(selection, stack, COMPONENTS.fluentd);
  const host = hostPaths(settings.files);
  return [
    { name: 'system', set: { log_level: 'info' } },
    ...metrics,
    {
      name: 'source',
      set: { '@type': 'tail', '@id': 'containers', path: include.join(','), exclude_path: JSON.stringify(exclude), pos_file: `${STATE}/containers.pos`, tag: 'kubernetes.*', read_from_head: true, refresh_interval: 5 },
      inside: [{ name: 'parse', set: { '@type': 'regexp', expression: CRI, time_format: '%Y-%m-%dT%H:%M:%S.%N%:z' } }],
    },
    ...(host.length > 0 ? [hostSource(host)] : []),
    // The runtime cuts long lines: P marks all pieces but the last.
    {
      name: 'filter',
      argument: CONTAINERS,
      set: { '@type': 'concat', key: 'log', use_partial_cri_logtag: true, partial_cri_logtag_key: 'logtag', partial_cri_stream_key: 'stream' },
    },
    { name: 'filter', argument: CONTAINERS, set: { '@type': 'kubernetes_metadata', watch: false, skip_labels: false, skip_master_url: true } },
    ...namespaceFilter(selection.labels),
    { name: 'filter', argument: '**', set: { '@type': 'record_transformer' }, inside: [{ name: 'record', set: { k8s_node_name: '"#{ENV[\'K8S_NODE_NAME\']}"' } }] },
    output(settings.output),
  ];
}

/** What the container runtime writes before each line. */
const CRI = String.raw`/^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[FP]) (?<log>.*)$/`;

const metrics: readonly Directive[] = [
  { name: 'source', set: { '@type': 'prometheus', bind: '0.0.0.0', port: PORTS.fluentd, metrics_path: '/metrics' } },
  { name: 'source', set: { '@type': 'prometheus_output_monitor', interval: 10 } },
  { name: 'source', set: { '@type': 'prometheus_tail_monitor', interval: 10 } },
];

function hostSource(paths: readonly string[]): Directive {
  return {
    name: 'source',
    set: { '@type': 'tail', '@id': 'files', path: paths.join(','), path_key: 'file', pos_file: `${STATE}/files.pos`, tag: 'files.*', read_from_head: true, refresh_interval: 5 },
    inside: [{ name: 'parse', set: { '@type': 'none', message_key: 'log' } }],
  };
}
