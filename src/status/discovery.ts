import { matches, requirements, unmet, type LabelExpression, type LabelSelector } from '../lib/label-selector.ts';
import { nearest } from '../lib/nearest.ts';
import { sortBy } from '../lib/sort-by.ts';

/** An object that a selector could select. */
export interface Candidate {
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a selector finds among the candidates, and what comes closest where it finds nothing. */
export interface SelectionExplained {
  readonly matched: number;
  readonly total: number;
  /** Names of the first few that match. */
  readonly names: readonly string[];
  /** A candidate, and that label of it which is nearest to what was asked. */
  readonly nearest?: { readonly name: string; readonly label: string };
}

const NAMES_SHOWN = 5;

/** Which candidates fit, or which one almost does: `checkout-api` has `app=checkout-api`. */
export function explainSelection(selector: LabelSelector, candidates: readonly Candidate[]): SelectionExplained {
  const matching = candidates.filter(({ labels }) => matches(selector, labels));
  const names = matching.map(({ name }) => name).sort().slice(0, NAMES_SHOWN);
  const found = { matched: matching.length, total: candidates.length, names };
  const hint = matching.length === 0 ? nearestCandidate(selector, candidates) : undefined;
  return hint ? { ...found, nearest: hint } : found;
}

/** Of the candidates that fail the fewest requirements, the one whose label is nearest to a requirement that it fails. */
function nearestCandidate(selector: LabelSelector, candidates: readonly Candidate[]): { name: string; label: string } | undefined {
  const failing = candidates.map((candidate) => ({ candidate, unmet: unmet(selector, candidate.labels).length }));
  const fewest = Math.min(...failing.map((item) => item.unmet));
  const close = sortBy(failing.filter((item) => item.unmet === fewest), ({ candidate }) => candidate.name).map(({ candidate }) => candidate);
  const wanted = requirements(selector);
  const hints = wanted.map((requirement) => ({ requirement, failing: close.filter(({ labels }) => !matches({ matchExpressions: [requirement] }, labels)) }));
  const near = hints.map(({ requirement, failing: left }) => nearestLabel(requirement, left)).find((hint) => hint !== undefined);
  // One that meets the other requirements is near, however far its value for this one is.
  return near ?? (fewest < wanted.length ? hints.map(({ requirement, failing: left }) => byKey(requirement.key, left)).find((hint) => hint !== undefined) : undefined);
}

function nearestLabel(requirement: LabelExpression, candidates: readonly Candidate[]): { name: string; label: string } | undefined {
  const { key, operator, values = [] } = requirement;
  const [wanted] = values;
  if (operator === 'NotIn' || operator === 'DoesNotExist') return byKey(key, candidates);
  if (wanted === undefined) return byNearestKey(key, candidates);
  return byNearestValue(key, wanted, candidates) ?? bySameValue(wanted, candidates) ?? byNearestKey(key, candidates);
}

function byKey(key: string, candidates: readonly Candidate[]): { name: string; label: string } | undefined {
  const candidate = candidates.find(({ labels }) => Object.hasOwn(labels, key));
  return candidate && { name: candidate.name, label: `${key}=${candidate.labels[key] ?? ''}` };
}

function byNearestValue(key: string, wanted: string, candidates: readonly Candidate[]): { name: string; label: string } | undefined {
  const having = candidates.filter(({ labels }) => Object.hasOwn(labels, key));
  const value = nearest(wanted, having.map(({ labels }) => labels[key] ?? ''));
  const candidate = having.find(({ labels }) => labels[key] === value);
  return candidate && { name: candidate.name, label: `${key}=${value ?? ''}` };
}

/** The value asked for, under another key: `app.kubernetes.io/name=checkout` for `app=checkout`. */
function bySameValue(wanted: string, candidates: readonly Candidate[]): { name: string; label: string } | undefined {
  for (const { name, labels } of candidates) {
    const entry = sortBy(Object.entries(labels), ([key]) => key).find(([, value]) => value === wanted && value !== '');
    if (entry) return { name, label: entry.join('=') };
  }
  return undefined;
}

function byNearestKey(key: string, candidates: readonly Candidate[]): { name: string; label: string } | undefined {
  const close = nearest(key, candidates.flatMap(({ labels }) => Object.keys(labels).filter((other) => other !== key)));
  return close === undefined ? undefined : byKey(close, candidates);
}
