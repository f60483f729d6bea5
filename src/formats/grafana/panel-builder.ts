import { BigValueColorMode, BigValueGraphMode, GraphDrawStyle, LegendDisplayMode, LegendPlacement, ReduceDataOptionsBuilder, SortOrder, StackingConfigBuilder, StackingMode, TableSortByFieldStateBuilder, TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Panel as PanelJson } from '@grafana/grafana-foundation-sdk/dashboard';
import { EdgeOptionsBuilder, NodeOptionsBuilder, PanelBuilder as NodeGraphBuilder } from '@grafana/grafana-foundation-sdk/nodegraph';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { dataLink } from './data-link.ts';
import { colorScheme, columnProperties, hasLimits, mappings, thresholds } from './field-look.ts';
import type { GridPosition } from './layout.ts';
import type { Look, Panel, Query } from './panel.ts';

/** The data source that the dashboard's variable names. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** What makes a panel's JSON: one of the SDK's builders, or something that stands in for one. */
export interface Builder<T> {
  build(): T;
}

type AnyBuilder = TimeseriesBuilder | StatBuilder | TableBuilder | StateTimelineBuilder | NodeGraphBuilder | TextBuilder;

/** A panel with its number and place, by the builder of Grafana's SDK for its type. */
export function panelBuilder(panel: Panel, id: number, gridPos: GridPosition): Builder<PanelJson> {
  const builder = BUILDERS[panel.type](panel);
  builder.id(id).gridPos(gridPos);
  if (panel.type === 'text') return builder;
  builder.title(panel.title).description(panel.description).datasource(DATASOURCE);
  fields(builder, panel);
  panel.queries.forEach((query, index) => builder.withTarget(target(query, index, panel.type)));
  return builder;
}

const BUILDERS: Readonly<Record<Panel['type'], (panel: Panel) => AnyBuilder>> = {
  timeseries,
  stat,
  table,
  'state-timeline': stateTimeline,
  'node-graph': nodeGraph,
  text: ({ content = '' }) => new TextBuilder().title('').transparent(true).mode(TextMode.Markdown).content(content),
};

function fields(builder: AnyBuilder, { look, links, type }: Panel): void {
  const { unit = 'short', min, max, decimals } = look;
  builder.unit(unit).thresholds(thresholds(look)).colorScheme(colorScheme(type === 'timeseries' ? 'lines' : 'limits')).mappings(mappings(look));
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (decimals !== undefined) builder.decimals(decimals);
  // Those of a table hang on one column.
  if (type !== 'table' && links.length > 0) builder.dataLinks(links.map((link) => dataLink(link, 'series')));
}

function timeseries({ look }: Panel): TimeseriesBuilder {
  const { stack = false } = look;
  return new TimeseriesBuilder()
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(stack ? 30 : 8)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .stacking(new StackingConfigBuilder().mode(stack ? StackingMode.Normal : StackingMode.None))
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

function stat({ look }: Panel): StatBuilder {
  return new StatBuilder()
    .colorMode(hasLimits(look) ? BigValueColorMode.Background : BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .noValue('no data');
}

function stateTimeline(): StateTimelineBuilder {
  return new StateTimelineBuilder()
    .mergeValues(true)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(false))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));
}

/**
 * Arrows alone: Grafana makes the circles of what they join. It looks for the number under the name `mainstat`, which a field only
 * gets when it is computed: one that is renamed keeps its name inside (public/app/plugins/panel/nodeGraph/utils.ts).
 */
function nodeGraph({ look }: Panel): NodeGraphBuilder {
  const { unit = '' } = look;
  return new NodeGraphBuilder()
    .withTransformation({ id: 'calculateField', options: { mode: 'binary', alias: 'mainstat', binary: { left: 'Value', operator: '*', right: '1' } } })
    .edges(new EdgeOptionsBuilder().mainStatUnit(unit))
    .nodes(new NodeOptionsBuilder().mainStatUnit(unit));
}

function table({ queries, look, links, sortBy }: Panel): TableBuilder {
  const builder = new TableBuilder().showHeader(true);
  const headings = queries.map(({ column }, index): { from: string; title: string; look: Look } => {
    // Grafana numbers the values of several queries.
    const from = queries.length === 1 ? 'Value' : `Value #${refId(index)}`;
    const { title = from, ...own } = column ?? {};
    return { from, title, look: { ...look, ...own } };
  });
  if (queries.length > 1) builder.withTransformation({ id: 'merge', options: {} });
  const renameByName = Object.fromEntries(headings.map(({ from, title }) => [from, title]));
  builder.withTransformation({ id: 'organize', options: { excludeByName: { Time: true }, indexByName: {}, renameByName } });
  for (const heading of headings) {
    const properties = columnProperties(heading.look);
    if (properties.length > 0) builder.overrideByName(heading.title, properties);
  }
  for (const link of links) {
    if (link.column !== undefined) builder.overrideByName(link.column, [{ id: 'links', value: [dataLink(link, 'row').build()] }]);
  }
  if (sortBy !== undefined) builder.sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)]);
  return builder;
}

function target({ expr, legend, instant = false }: Query, index: number, type: Panel['type']): DataqueryBuilder {
  const query = new DataqueryBuilder().refId(refId(index)).datasource(DATASOURCE).expr(expr);
  if (instant) query.instant();
  else query.range();
  if (type === 'table' || type === 'node-graph') return query.format(PromQueryFormat.Table);
  // Without a legend Grafana writes all labels of the series.
  return legend === undefined ? query : query.legendFormat(legend);
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
