import type { StackSettings } from '../../api/defaults.ts';
import { replicaLabels } from '../../api/prometheus-settings.ts';
import { PORTS, prometheusGoverningService, type StackName } from '../names.ts';
import { THANOS_GRPC } from '../prometheus-server/ports.ts';

/** The querier's command line, in a stable order; without a querier that of one which has no settings of its own. */
export function querierFlags(stack: StackName, { prometheus }: Pick<StackSettings, 'prometheus'>): string[] {
  const { endpoints = [], pod = {} } = prometheus.thanos?.querier ?? {};
  return [
    'query',
    `--http-address=:${PORTS.thanosHttp}`,
    `--grpc-address=:${PORTS.thanosGrpc}`,
    // What replicas and shards are told apart by goes: series that both scraped become one, also while targets move.
    ...replicaLabels(prometheus.externalLabels).map((label) => `--query.replica-label=${label}`),
    ...[sidecars(stack), ...endpoints].map((endpoint) => `--endpoint=${endpoint}`),
    // A shard that is added should be asked soon.
    '--store.sd-dns-interval=10s',
    // With object storage the raw blocks are not the only ones; without, this changes nothing.
    '--query.auto-downsampling',
    ...(pod.extraArgs ?? []),
  ];
}

/** The sidecars of all shards and replicas: the governing Service has a record for each pod's port. */
function sidecars(stack: StackName): string {
  return `dnssrv+_${THANOS_GRPC}._tcp.${prometheusGoverningService(stack)}.${stack.namespace}.svc`;
}
