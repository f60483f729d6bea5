import type { LogSettings } from '../../../api/log-settings.ts';
import { COMPONENTS, PORTS, type StackName } from '../../names.ts';
import { hostPaths, podLogPaths, volumePath } from '../log-paths.ts';
import { namespaceSelection } from '../namespace-selection.ts';
import { exporter } from './exporter.ts';
import { namespaceLabel, unselected } from './namespace-condition.ts';

/** Where it keeps how far it read, and what is not sent yet. */
export const STATE = '/var/lib/otelcol';

/** The one text in which the collector is to put something from its environment. */
const NODE_NAME = '${env:K8S_NODE_NAME}';

/** The collector's config, as data. Names of components are those of its release 0.156. */
export function openTelemetryConfig(stack: StackName, settings: LogSettings): object {
  const { name, config, extensions } = exporter(settings.output);
  const { extracted, filters } = selection(stack, settings);
  const processors = ['memory_limiter', 'k8s_attributes', ...Object.keys(filters)];
  const { receivers, pipelines } = sources(stack, settings, { processors, exporters: [name] });
  return escaped({
    extensions: { health_check: { endpoint: `0.0.0.0:${PORTS.otelHealth}` }, file_storage: { directory: STATE, create_directory: true }, ...extensions },
    receivers,
    processors: {
      memory_limiter: { check_interval: '1s', limit_percentage: 75, spike_limit_percentage: 20 },
      k8s_attributes: podMetadata(stack, settings, extracted),
      ...filters,
    },
    exporters: { [name]: config },
    service: { extensions: ['health_check', 'file_storage', ...Object.keys(extensions)], pipelines, telemetry: TELEMETRY },
  }) as object;
}

/**
 * Its own metrics: names with `_total` and units, as Prometheus wants them and the alerts ask for them (releases differ in what they do unasked), and
 * without the scope that each came from, which doubles the labels and says nothing to people.
 */
const TELEMETRY = {
  logs: { encoding: 'json' },
  metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: PORTS.otelCollector, without_scope_info: true, without_type_suffix: false, without_units: false } } } }] },
};

/** What a reader of files shares with the others: nothing is skipped, neither before its first start nor while it was away. */
const READER = { start_at: 'beginning', storage: 'file_storage', include_file_name: false, retry_on_failure: { enabled: true, max_elapsed_time: '0s' } };

interface Sources {
  readonly receivers: Readonly<Record<string, object>>;
  readonly pipelines: Readonly<Record<string, object>>;
}

function sources(stack: StackName, settings: LogSettings, to: { readonly processors: readonly string[]; readonly exporters: readonly string[] }): Sources {
  const volumes = settings.files.filter(({ volume }) => volume !== undefined).map(volumePath);
  const host = hostPaths(settings.files);
  const pods = podLogPaths(namespaceSelection(settings, stack), stack, COMPONENTS.otelCollector);
  return {
    receivers: {
      'file_log/pods': { ...READER, ...pods, include_file_path: true, operators: [{ type: 'container', id: 'container' }] },
      ...(volumes.length > 0 ? { 'file_log/volumes': { ...READER, include: volumes, include_file_path: true, operators: VOLUME_OPERATORS } } : {}),
      ...(host.length > 0
        ? { 'file_log/nodes': { ...READER, include: host, include_file_path: true, resource: { 'service.name': 'node-files', 'k8s.node.name': NODE_NAME } } }
        : {}),
    },
    pipelines: {
      'logs/pods': { receivers: ['file_log/pods', ...(volumes.length > 0 ? ['file_log/volumes'] : [])], ...to },
      // Files of a node belong to no namespace: nothing to look up, and nothing to select by.
      ...(host.length > 0 ? { 'logs/nodes': { receivers: ['file_log/nodes'], processors: ['memory_limiter'], exporters: to.exporters } } : {}),
    },
  };
}

/** A volume's path tells the uid of its pod, by which the pod is looked up. */
const VOLUME_OPERATORS = [
  {
    type: 'regex_parser',
    id: 'volume',
    parse_from: 'attributes["log.file.path"]',
    regex: String.raw`^/var/lib/kubelet/pods/(?P<uid>[^/]+)/volumes/kubernetes\.io~empty-dir/(?P<volume>[^/]+)/`,
  },
  { type: 'move', from: 'attributes.uid', to: 'resource["k8s.pod.uid"]' },
  { type: 'move', from: 'attributes.volume', to: 'resource["k8s.volume.name"]' },
];

function podMetadata(stack: StackName, { namespaces }: LogSettings, extracted: readonly object[]): object {
  return {
    auth_type: 'serviceAccount',
    filter: { node_from_env_var: 'K8S_NODE_NAME', ...(namespaces === 'Own' ? { namespace: stack.namespace } : {}) },
    extract: {
      metadata: [
        'k8s.namespace.name', 'k8s.pod.name', 'k8s.node.name', 'k8s.deployment.name', 'k8s.statefulset.name', 'k8s.daemonset.name', 'k8s.job.name',
        'k8s.cronjob.name', 'service.name',
      ],
      ...(extracted.length > 0 ? { labels: extracted } : {}),
    },
    pod_association: [{ sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] }],
    // Before it knows the pods no line may pass: it would be sent without its workload, or dropped as if not selected.
    wait_for_metadata: true,
    wait_for_metadata_timeout: '60s',
  };
}

interface Selection {
  readonly extracted: readonly object[];
  readonly filters: Readonly<Record<string, object>>;
}

/** Namespaces that are selected by label: their labels are looked up, and lines of the others dropped before they leave the node. */
function selection(stack: StackName, settings: LogSettings): Selection {
  const selected = namespaceSelection(settings, stack);
  const { labels } = selected;
  const drops = unselected(selected);
  const keys = [...new Set(labels.map(({ key }) => key))].sort();
  return {
    extracted: keys.map((key) => ({ tag_name: namespaceLabel(key), key, from: 'namespace' })),
    filters: drops.length > 0 ? { 'filter/namespaces': { error_mode: 'propagate', log_conditions: [{ context: 'resource', conditions: drops }] } } : {},
  };
}

/** To the collector a dollar begins something to put in: everything but what we want put in is to stay as it is. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value === NODE_NAME ? value : value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, escaped(field)]));
}
