import { anyObject, list, map, object, optional, text } from './schema.ts';

/** What a user may set on a component's pods: replaces our defaults field by field. */
export const podSchema = object('What to set on the pods beyond our defaults.', {
  resources: optional(anyObject('Requests and limits, as in a container.')),
  nodeSelector: optional(map('', text())),
  tolerations: optional(list('', anyObject(''))),
  affinity: optional(anyObject('')),
  priorityClassName: optional(text()),
  topologySpreadConstraints: optional(list('', anyObject(''))),
  annotations: optional(map('', text())),
  labels: optional(map('', text())),
  extraArgs: optional(list('Further flags of the program.', text())),
});

/** Where a component keeps its data. */
export const storageSchema = object('A volume for each replica; left out, data lives as long as the pod.', {
  size: text('Like 50Gi.', { pattern: '^[0-9]+([.][0-9]+)?([KMGTPE]i?)?$' }),
  className: optional(text('StorageClass; default: the cluster\'s.')),
});
