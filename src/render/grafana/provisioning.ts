import type { StackSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { dashboardProvidersFile } from '../../formats/grafana/dashboard-provider.ts';
import { alertmanagerDatasource, datasourcesFile, prometheusDatasource, thanosDatasource, type Datasource } from '../../formats/grafana/datasource.ts';
import { printYaml } from '../../formats/prometheus/print.ts';
import {
  alertmanagerName, COMPONENTS, grafanaDatasourcesConfigMap, grafanaProvidersConfigMap, PORTS, prometheusShardName, queryUrl, serviceUrl, type StackName,
} from '../names.ts';
import { configMap } from '../pod/config-map.ts';
import type { StackContext } from '../stack-context.ts';
import type { ReferenceFacts } from '../stack-input.ts';
import { logDatasources } from './log-datasource.ts';
import { BUILTIN_DIRECTORY, USER_DIRECTORY } from './volumes.ts';

const component = COMPONENTS.grafana;

/** uid of the data source that dashboards take unless another is chosen: the querier, or else the first shard. */
const PROMETHEUS_UID = 'prometheus';

/** The ConfigMaps that tell Grafana of its data sources and of where its dashboards lie. */
export function provisioning(context: StackContext, references: ReferenceFacts): KubeObject[] {
  const { stack, settings } = context;
  const yaml = (name: string, file: string, content: object): KubeObject => configMap(context, { component, name, data: { [file]: printYaml(content) } });
  return [
    yaml(grafanaDatasourcesConfigMap(stack.metadata), 'datasources.yaml', datasourcesFile([...datasources(stack.metadata, settings), ...logDatasources(stack.metadata, settings, references)])),
    yaml(
      grafanaProvidersConfigMap(stack.metadata),
      'providers.yaml',
      dashboardProvidersFile([
        { name: 'belfry', folder: 'Belfry', path: BUILTIN_DIRECTORY, updateIntervalSeconds: 10 },
        { name: 'users', folder: 'Dashboards', path: USER_DIRECTORY, updateIntervalSeconds: 10 },
      ]),
    ),
  ];
}

function datasources(stack: StackName, settings: StackSettings): Datasource[] {
  const { prometheus, alertmanager } = settings;
  const { interval } = prometheus.scrape;
  const url = queryUrl(stack, settings);
  const whole = prometheus.thanos?.querier
    ? thanosDatasource({ name: 'Prometheus', uid: PROMETHEUS_UID, url, isDefault: true, interval })
    : prometheusDatasource({ name: 'Prometheus', uid: PROMETHEUS_UID, url, isDefault: true, interval });
  return [
    whole,
    ...shardNumbers(prometheus).map((shard) => prometheusDatasource({
      name: `Prometheus (shard ${shard})`,
      uid: `${PROMETHEUS_UID}-${shard}`,
      url: serviceUrl(prometheusShardName(stack, shard), stack.namespace, PORTS.prometheus),
      isDefault: false,
      interval,
    })),
    ...(alertmanager ? [alertmanagerDatasource({ name: 'Alertmanager', uid: 'alertmanager', url: serviceUrl(alertmanagerName(stack), stack.namespace, PORTS.alertmanager) })] : []),
  ];
}

/** The shards that are data sources of their own: what a shard says of itself is worth a look when the whole looks odd. */
function shardNumbers({ shards, thanos }: StackSettings['prometheus']): number[] {
  const all = Array.from({ length: shards }, (_, shard) => shard);
  return thanos?.querier ? all : all.slice(1);
}
