import type { LogSettings } from '../../../api/log-settings.ts';
import { COMPONENTS, PORTS, type StackName } from '../../names.ts';
import { containerLogPaths, hostPaths } from '../log-paths.ts';
import { namespaceSelection } from '../namespace-selection.ts';
import { namespaceFilters } from './namespace-filters.ts';
import { output } from './output.ts';
import { CONTAINERS, FILES, STATE } from './places.ts';

/** Fluent Bit's config in its YAML notation, as data. */
export function fluentBitConfig(stack: StackName, settings: LogSettings): object {
  const selection = namespaceSelection(settings, stack);
  const host = hostPaths(settings.files);
  return {
    service: {
      flush: 1,
      log_level: 'info',
      http_server: 'on',
      http_listen: '0.0.0.0',
      http_port: PORTS.fluentBit,
      'storage.path': `${STATE}/chunks`,
      'storage.metrics': 'on',
      'storage.max_chunks_up': 64,
      'storage.backlog.mem_limit': '16M',
    },
    pipeline: {
      inputs: [
        { ...tail(containerLogPaths(selection, stack, COMPONENTS.fluentBit), 'containers'), tag: CONTAINERS, 'multiline.parser': 'cri' },
        ...(host.length > 0 ? [{ ...tail({ include: host, exclude: [] }, 'files'), tag: FILES, path_key: 'file' }] : []),
      ],
      filters: [
        {
          name: 'kubernetes',
          match: CONTAINERS,
          kube_tag_prefix: 'kube.var.log.containers.',
          buffer_size: 0,
          annotations: 'off',
          ...(selection.labels.length > 0 ? { namespace_labels: 'on' } : {}),
        },
        ...namespaceFilters(selection.labels),
        { name: 'record_modifier', match: '*', record: 'k8s_node_name ${K8S_NODE_NAME}' },
      ],
      outputs: [output(settings.output)],
    },
  };
}

/** Chunks wait on disk; where too many do, it stops reading instead of dropping any. */
function tail({ include, exclude }: { readonly include: readonly string[]; readonly exclude: readonly string[] }, name: string): object {
  return {
    name: 'tail',
    alias: name,
    path: include.join(','),
    ...(exclude.length > 0 ? { exclude_path: exclude.join(',') } : {}),
    db: `${STATE}/${name}.db`,
    read_from_head: 'on',
    refresh_interval: 5,
    skip_long_lines: 'on',
    'storage.type': 'filesystem',
    'storage.pause_on_chunks_overlimit': 'on',
  };
}
