import type { KubeObject } from '../../api/kube-object.ts';
import { shardLabels } from '../labels.ts';
import { COMPONENTS, PORTS, prometheusGoverningService, prometheusShardName } from '../names.ts';
import { governingService, service } from '../pod/service.ts';
import type { StackContext } from '../stack-context.ts';
import { THANOS_GRPC, WEB } from './ports.ts';

const component = COMPONENTS.prometheus;

/** The Services of Prometheus: one for each shard, which is what people and Grafana ask, and the governing one of all pods. */
export function prometheusServices(context: StackContext): KubeObject[] {
  const { stack, settings } = context;
  const { shards, replicas, thanos } = settings.prometheus;
  const web = { name: WEB, port: PORTS.prometheus };
  return [
    // A Service over all shards would answer each question from another part of the data.
    ...Array.from({ length: shards }, (_, shard) =>
      service(context, {
        component,
        name: prometheusShardName(stack.metadata, shard),
        labels: shardLabels(shard),
        ports: [web],
        // Replicas scrape at different moments: a graph that changes replica at each refresh jumps.
        spec: replicas > 1 ? { sessionAffinity: 'ClientIP' } : {},
      }),
    ),
    governingService(context, {
      component,
      name: prometheusGoverningService(stack.metadata),
      ports: thanos ? [web, { name: THANOS_GRPC, port: PORTS.thanosGrpc }] : [web],
    }),
  ];
}
