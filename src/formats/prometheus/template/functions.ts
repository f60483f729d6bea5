import type { Version } from '../version.ts';

/** What text/template brings itself. */
const BUILT_IN = 'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne';

/** What Prometheus 2.45 adds (template/template.go). */
const PROMETHEUS = 'query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime pathPrefix externalURL parseDuration';

/** Functions of templates in rules; a version: the first release that has it. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, Version | undefined> = new Map<string, Version | undefined>([
  ...`${BUILT_IN} ${PROMETHEUS}`.split(' ').map((name) => [name, undefined] as const),
  ['now', [3, 6, 0]],
  ['toDuration', [3, 6, 0]],
  ['urlQueryEscape', [3, 8, 0]],
]);
