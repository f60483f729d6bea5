import { nearest } from '../../lib/nearest.ts';
import { isLabelName } from './label-name.ts';
import { re2Problem } from './re2.ts';
import type { RelabelAction, RelabelField, RelabelRule } from './relabel.ts';
import { RELABEL_ACTIONS } from './relabel.ts';
import type { NameValidationScheme } from './scrape-config.ts';
import type { Version } from './version.ts';
import { isAtLeast } from './version.ts';

/** What Prometheus would refuse in a relabel rule: which field, and a sentence with the value and the mend. */
export interface RelabelProblem {
  readonly field: RelabelField;
  readonly message: string;
}

const NEEDS_TARGET: ReadonlySet<RelabelAction> = new Set(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);
const PLAIN_TARGET: ReadonlySet<RelabelAction> = new Set(['hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);
const NO_REPLACEMENT: ReadonlySet<RelabelAction> = new Set(['lowercase', 'uppercase']);

/** A legacy label name in which `$1` and `${1}` may stand (model/relabel/relabel.go, relabelTargetLegacy). */
const LEGACY_TEMPLATE = /^(?:[a-zA-Z_]|\$(?:\{[0-9A-Za-z_]+\}|[0-9A-Za-z_]+))(?:[0-9A-Za-z_]|\$(?:\{[0-9A-Za-z_]+\}|[0-9A-Za-z_]+))*$/;

/**
 * Everything that Prometheus refuses in a relabel rule when it loads its configuration, and nothing else; empty for a good
 * rule. `scheme` is the name validation of the scrape config; `version` the release that will read it, by default the newest
 * known (model/relabel/relabel.go, Config.Validate and UnmarshalYAML).
 */
export function relabelProblems(rule: RelabelRule, scheme: NameValidationScheme = 'utf8', version?: Version): RelabelProblem[] {
  const action = actionOf(rule);
  if (action === undefined) return [unknownAction(rule.action ?? '')];
  const names = namesFor(scheme, version);
  return [
    ...regexProblems(rule),
    ...sourceLabelProblems(rule, names),
    ...modulusProblems(rule, action),
    ...targetProblems(rule, action, names),
    ...replacementProblems(rule, action, names),
    ...unwantedFields(rule, action),
  ];
}

/** The action in lower case, the way Prometheus reads it; undefined for one that there is not. */
export function actionOf(rule: RelabelRule): RelabelAction | undefined {
  const lower = rule.action?.toLowerCase() ?? 'replace';
  return RELABEL_ACTIONS.find((action) => action === lower);
}

function unknownAction(action: string): RelabelProblem {
  const guess = nearest(action.toLowerCase(), RELABEL_ACTIONS);
  const mend = guess === undefined ? `use one of ${RELABEL_ACTIONS.join(', ')}` : `did you mean ${guess}?`;
  return { field: 'action', message: `action "${action}" is unknown: ${mend}` };
}

/** How names are judged: `plain` for names, `template` where `$1` may stand, `source` for source_labels. */
interface NameRules {
  readonly plain: NameValidationScheme;
  readonly template: NameValidationScheme;
  readonly source: NameValidationScheme;
  /** Before 2.50 every target label could be a template. */
  readonly templatesEverywhere: boolean;
}

function namesFor(scheme: NameValidationScheme, version: Version | undefined): NameRules {
  const isBeforeUtf8 = !isAtLeast(version, [3, 0, 0]);
  const plain = isBeforeUtf8 ? 'legacy' : scheme;
  return {
    plain,
    template: isAtLeast(version, [3, 2, 0]) ? plain : 'legacy',
    source: isBeforeUtf8 ? 'legacy' : 'utf8',
    templatesEverywhere: !isAtLeast(version, [2, 50, 0]),
  };
}

function regexProblems({ regex }: RelabelRule): RelabelProblem[] {
  if (regex === undefined) return [];
  const problem = re2Problem(regex);
  return problem === undefined ? [] : [{ field: 'regex', message: `regex "${regex}": ${problem}` }];
}

function sourceLabelProblems({ source_labels = [] }: RelabelRule, names: NameRules): RelabelProblem[] {
  return source_labels
    .filter((label) => !isLabelName(label, names.source))
    .map((label) => ({ field: 'source_labels', message: `source label "${label}" is no label name: ${nameHint(names.source)}` }));
}

function nameHint(scheme: NameValidationScheme): string {
  return scheme === 'legacy' ? 'use letters, digits and _, not starting with a digit' : 'it must not be empty';
}

function modulusProblems({ modulus }: RelabelRule, action: RelabelAction): RelabelProblem[] {
  if (modulus !== undefined && (!Number.isInteger(modulus) || modulus < 0)) {
    return [{ field: 'modulus', message: `modulus ${modulus} is not a whole number from 1 on` }];
  }
  if (action === 'hashmod' && !modulus) {
    return [{ field: 'modulus', message: `action hashmod needs a modulus of 1 or more${modulus === 0 ? ', not 0' : ''}` }];
  }
  return [];
}

function targetProblems({ target_label: target = '' }: RelabelRule, action: RelabelAction, names: NameRules): RelabelProblem[] {
  if (!NEEDS_TARGET.has(action)) return [];
  if (target === '') return [{ field: 'target_label', message: `action ${action} needs a target label` }];
  if (isTargetLabel(target, action, names)) return [];
  const isTemplate = PLAIN_TARGET.has(action) && target.includes('$');
  const hint = isTemplate ? `action ${action} takes a plain label name, without $` : nameHint('legacy');
  return [{ field: 'target_label', message: `target label "${target}" is no label name: ${hint}` }];
}

function isTargetLabel(target: string, action: RelabelAction, names: NameRules): boolean {
  const mayBeTemplate = action === 'replace' || (names.templatesEverywhere && action !== 'hashmod');
  return mayBeTemplate && target.includes('$') ? isTemplate(target, names) : isLabelName(target, names.plain);
}

function isTemplate(value: string, names: NameRules): boolean {
  return names.template === 'utf8' ? isLabelName(value, 'utf8') : LEGACY_TEMPLATE.test(value);
}

function replacementProblems({ replacement = '$1' }: RelabelRule, action: RelabelAction, names: NameRules): RelabelProblem[] {
  if (NO_REPLACEMENT.has(action) && replacement !== '$1') {
    return [{ field: 'replacement', message: `action ${action} takes no replacement: leave "${replacement}" out` }];
  }
  if (action === 'labelmap' && !isTemplate(replacement, names)) {
    const hint = names.template === 'utf8' ? 'it must not be empty' : 'use letters, digits, _ and groups such as ${1}';
    return [{ field: 'replacement', message: `replacement "${replacement}" makes no label name: ${hint}` }];
  }
  return [];
}

function unwantedFields(rule: RelabelRule, action: RelabelAction): RelabelProblem[] {
  if (action === 'keepequal' || action === 'dropequal') {
    // Prometheus compares the compiled expression by pointer: an explicit "(.*)" is as unwelcome as any other.
    return complain(rule, action, 'only source_labels and target_label', { regex: undefined, modulus: 0, separator: ';', replacement: '$1' });
  }
  if (action === 'labeldrop' || action === 'labelkeep') {
    return complain(rule, action, 'only regex', { source_labels: undefined, target_label: '', modulus: 0, separator: ';', replacement: '$1' });
  }
  return [];
}

type Defaults = Partial<Record<RelabelField, string | number | undefined>>;

function complain(rule: RelabelRule, action: RelabelAction, takes: string, defaults: Defaults): RelabelProblem[] {
  return (Object.keys(defaults) as RelabelField[])
    .filter((field) => rule[field] !== undefined && rule[field] !== defaults[field])
    .map((field) => ({ field, message: `action ${action} takes ${takes}: leave ${field} ${JSON.stringify(rule[field])} out` }));
}
