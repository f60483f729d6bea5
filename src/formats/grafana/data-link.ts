import { DashboardLinkBuilder, type DashboardLink } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelLink } from './panel.ts';

/** Where the values of labels come from: the series under the pointer, or the row of a table. */
export type LinkPlace = 'series' | 'row';

/** A link of a panel as Grafana has it, to the same time, data source and cluster. */
export function dataLink(link: PanelLink, place: LinkPlace): { build(): DashboardLink } {
  const built = new DashboardLinkBuilder(link.title).url(linkUrl(link, place)).build();
  // The builder is that of a dashboard's links; of a panel's, Grafana knows these two fields.
  return { build: () => ({ title: built.title, url: built.url }) as DashboardLink };
}

/** Its path in Grafana, which Grafana completes with the path that it is served under. */
function linkUrl({ to, labels }: PanelLink, place: LinkPlace): string {
  const value = (label: string): string => (place === 'row' ? `\${__data.fields.${label}}` : `\${__field.labels.${label}}`);
  const variables = labels.map((label) => `var-${label}=${value(label)}`);
  return `/d/${to}?${['${__url_time_range}', '${datasource:queryparam}', '${cluster:queryparam}', ...variables].join('&')}`;
}
