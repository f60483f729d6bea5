import { selectors } from '../../src/formats/prometheus/promql.ts';
import type { RuleGroup } from '../../src/formats/prometheus/rule-group.ts';

/** Name of each series that programs expose, and all labels it has. */
export class ExposedSeries {
  readonly #labels = new Map<string, Set<string>>();

  /** Takes in what a program answers at /metrics. */
  add(text: string): void {
    for (const [, name = '', labels = ''] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S/gm)) {
      const known = this.#labels.get(name) ?? new Set<string>();
      for (const [, label = ''] of labels.matchAll(/(?:^|,)([a-zA-Z_]\w*)="/g)) known.add(label);
      this.#labels.set(name, known);
    }
  }

  has(name: string): boolean {
    return this.#labels.has(name);
  }

  /** Labels that rules ask for and that these series do not have: `name{label}`. Those of targets and of users are left out. */
  unknownLabels(groups: readonly RuleGroup[]): string[] {
    const unknown = asked(groups).flatMap(({ name = '', matchers }) => {
      const there = this.#labels.get(name);
      return there ? matchers.filter((matcher) => !there.has(matcher.name) && !TARGET_LABELS.has(matcher.name) && !matcher.name.startsWith('label_')).map((matcher) => `${name}{${matcher.name}}`) : [];
    });
    return [...new Set(unknown)].sort();
  }
}

/** Of every series, once a target has been scraped. */
const TARGET_LABELS: ReadonlySet<string> = new Set(['job', 'instance', 'node', 'namespace', 'pod', 'container', 'metrics_path']);

function asked(groups: readonly RuleGroup[]): ReturnType<typeof selectors> {
  return groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => selectors(expr)));
}

/** Names of the series that rules ask for, records and what Prometheus makes itself left out. */
export function seriesAskedFor(groups: readonly RuleGroup[]): string[] {
  const names = new Set(asked(groups).flatMap(({ name }) => name ?? []));
  return [...names].filter((name) => !name.includes(':') && name !== 'up' && name !== 'ALERTS').sort();
}
