/** A data source as Grafana's provisioning files have it (grafana.com/docs, administration/provisioning). */
export interface Datasource {
  readonly name: string;
  /** Stable: dashboards refer to it. */
  readonly uid: string;
  readonly type: 'prometheus' | 'alertmanager' | 'loki' | 'elasticsearch';
  readonly access: 'proxy';
  readonly url: string;
  readonly isDefault: boolean;
  readonly editable: boolean;
  readonly jsonData: Readonly<Record<string, unknown>>;
  /** Grafana encrypts these. `$__file{PATH}` is the content of a file of its container. */
  readonly secureJsonData?: Readonly<Record<string, string>>;
  readonly basicAuth?: boolean;
  readonly basicAuthUser?: string;
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

/** How Grafana signs in at a data source. */
export type DatasourceAccess = Pick<Datasource, 'jsonData' | 'secureJsonData' | 'basicAuth' | 'basicAuthUser'>;

/** A Loki. */
export function lokiDatasource({ access, ...source }: { name: string; uid: string; url: string; access: DatasourceAccess }): Datasource {
  return { ...source, ...access, type: 'loki', access: 'proxy', isDefault: false, editable: false };
}

/** Documents of an Elasticsearch: `index` may have wildcards, `messageField` is the one with the line. */
export function elasticsearchDatasource({ access, index, messageField, ...source }: { name: string; uid: string; url: string; index: string; messageField: string; access: DatasourceAccess }): Datasource {
  const jsonData = { index, timeField: '@timestamp', logMessageField: messageField, ...access.jsonData };
  return { ...source, ...access, jsonData, type: 'elasticsearch', access: 'proxy', isDefault: false, editable: false };
}

/** A provisioning file of data sources. */
export function datasourcesFile(datasources: readonly Datasource[]): object {
  return { apiVersion: 1, prune: true, datasources };
}
