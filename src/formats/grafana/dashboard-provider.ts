/** A folder on disk that Grafana takes dashboards from. */
export interface DashboardProvider {
  readonly name: string;
  /** Title of the folder in Grafana; empty for none. */
  readonly folder: string;
  readonly path: string;
  readonly updateIntervalSeconds: number;
}

/** A provisioning file of dashboard providers. What is edited in the browser is not kept, so it is not offered. */
export function dashboardProvidersFile(providers: readonly DashboardProvider[]): object {
  return {
    apiVersion: 1,
    providers: providers.map(({ name, folder, path, updateIntervalSeconds }) => ({
      name, orgId: 1, folder, type: 'file', disableDeletion: false, allowUiUpdates: false, updateIntervalSeconds, options: { path },
    })),
  };
}
