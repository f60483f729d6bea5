import {
  grafanaDashboardConfigMap, grafanaDatasourcesConfigMap, grafanaProvidersConfigMap, grafanaUserDashboardsConfigMap, USER_DASHBOARD_MAP_COUNT, type StackName,
} from '../names.ts';
import { DASHBOARD_IDS } from './dashboards.ts';

const DASHBOARDS = '/var/lib/belfry/dashboards';
/** Where our own dashboards lie in the container, and those that users brought. */
export const BUILTIN_DIRECTORY = `${DASHBOARDS}/belfry`;
export const USER_DIRECTORY = `${DASHBOARDS}/users`;

const DATA_DIRECTORY = '/var/lib/grafana';

/**
 * Grafana's volumes. Those of the dashboards have the same sources whatever is on: a component that is switched on brings a
 * new ConfigMap, which the kubelet adds to the running pod, and Grafana looks every few seconds.
 */
export function volumes(stack: StackName): object[] {
  const optional = (name: string): object => ({ configMap: { name, optional: true } });
  return [
    { name: 'data', emptyDir: {} },
    { name: 'tmp', emptyDir: {} },
    { name: 'datasources', configMap: { name: grafanaDatasourcesConfigMap(stack) } },
    { name: 'dashboard-providers', configMap: { name: grafanaProvidersConfigMap(stack) } },
    { name: 'dashboards', projected: { sources: DASHBOARD_IDS.map((dashboard) => optional(grafanaDashboardConfigMap(stack, dashboard))) } },
    {
      name: 'user-dashboards',
      projected: { sources: Array.from({ length: USER_DASHBOARD_MAP_COUNT }, (_, bucket) => optional(grafanaUserDashboardsConfigMap(stack, bucket))) },
    },
  ];
}

/** Where the container sees them. */
export const volumeMounts = [
  { name: 'data', mountPath: DATA_DIRECTORY },
  { name: 'tmp', mountPath: '/tmp' },
  { name: 'datasources', mountPath: '/etc/grafana/provisioning/datasources', readOnly: true },
  { name: 'dashboard-providers', mountPath: '/etc/grafana/provisioning/dashboards', readOnly: true },
  { name: 'dashboards', mountPath: BUILTIN_DIRECTORY, readOnly: true },
  { name: 'user-dashboards', mountPath: USER_DIRECTORY, readOnly: true },
];
