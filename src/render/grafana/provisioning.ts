import type { StackSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { dashboardProvidersFile } from '../../formats/grafana/dashboard-provider.ts';
import { alertmanagerDatasource, datasourcesFile, prometheusDatasource, type Datasource } from '../../formats/grafana/datasource.ts';
import { printYaml } from '../../formats/prometheus/print.ts';
import { ownedMetadata } from '../labels.ts';
import {
  alertmanagerName, COMPONENTS, grafanaDatasourcesConfigMap, grafanaProvidersConfigMap, PORTS, prometheusShardName, serviceUrl, type StackName,
} from '../names.ts';
import type { StackContext } from '../stack-context.ts';
import { BUILTIN_DIRECTORY, USER_DIRECTORY } from './volumes.ts';

const component = COMPONENTS.grafana;

/** uid of the data source of the first shard, which dashboards take unless another is chosen. */
export const PROMETHEUS_UID = 'prometheus';

/** The ConfigMaps that tell Grafana of its data sources and of where its dashboards lie. */
export function provisioning({ stack, settings }: StackContext): KubeObject[] {
  const configMap = (name: string, file: string, content: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: ownedMetadata(stack, { component, name }),
    data: { [file]: printYaml(content) },
  });
  return [
    configMap(grafanaDatasourcesConfigMap(stack.metadata), 'datasources.yaml', datasourcesFile(datasources(stack.metadata, settings))),
    configMap(
      grafanaProvidersConfigMap(stack.metadata),
      'providers.yaml',
      dashboardProvidersFile([
        { name: 'belfry', folder: 'Belfry', path: BUILTIN_DIRECTORY, updateIntervalSeconds: 10 },
        { name: 'users', folder: 'Dashboards', path: USER_DIRECTORY, updateIntervalSeconds: 10 },
      ]),
    ),
  ];
}

function datasources(stack: StackName, { prometheus, alertmanager }: StackSettings): Datasource[] {
  const shards = Array.from({ length: prometheus.shards }, (_, shard) =>
    prometheusDatasource({
      name: shard === 0 ? 'Prometheus' : `Prometheus (shard ${shard})`,
      uid: shard === 0 ? PROMETHEUS_UID : `${PROMETHEUS_UID}-${shard}`,
      url: serviceUrl(prometheusShardName(stack, shard), stack.namespace, PORTS.prometheus),
      isDefault: shard === 0,
      interval: prometheus.scrape.interval,
    }),
  );
  if (!alertmanager) return shards;
  const url = serviceUrl(alertmanagerName(stack), stack.namespace, PORTS.alertmanager);
  return [...shards, alertmanagerDatasource({ name: 'Alertmanager', uid: 'alertmanager', url })];
}
