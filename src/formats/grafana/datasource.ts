/** A data source as Grafana's provisioning files have it (grafana.com/docs, administration/provisioning). */
export interface Datasource {
  readonly name: string;
  /** Stable: dashboards refer to it. */
  readonly uid: string;
  readonly type: 'prometheus' | 'alertmanager';
  readonly access: 'proxy';
  readonly url: string;
  readonly isDefault: boolean;
  readonly editable: boolean;
  readonly jsonData: Readonly<Record<string, unknown>>;
}

/** A Prometheus server. `interval` is its scrape interval: the least that $__rate_interval is worked out from. */
export function prometheusDatasource(source: { name: string; uid: string; url: string; isDefault: boolean; interval: string }): Datasource {
  const { interval, ...rest } = source;
  // POST, because long queries do not fit an URL.
  return { ...rest, type: 'prometheus', access: 'proxy', editable: false, jsonData: { httpMethod: 'POST', timeInterval: interval } };
}

/** A Thanos querier, which speaks Prometheus' API; Grafana leaves out what only a Prometheus answers. */
export function thanosDatasource(source: Parameters<typeof prometheusDatasource>[0]): Datasource {
  const datasource = prometheusDatasource(source);
  return { ...datasource, jsonData: { ...datasource.jsonData, prometheusType: 'Thanos' } };
}

/** Prometheus' own Alertmanager: alerts and silences show up in Grafana. */
export function alertmanagerDatasource(source: { name: string; uid: string; url: string }): Datasource {
  return { ...source, type: 'alertmanager', access: 'proxy', isDefault: false, editable: false, jsonData: { implementation: 'prometheus', handleGrafanaManagedAlerts: false } };
}

/** A provisioning file of data sources. */
export function datasourcesFile(datasources: readonly Datasource[]): object {
  return { apiVersion: 1, prune: true, datasources };
}
