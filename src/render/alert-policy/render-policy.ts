import type { AlertPolicy, SilenceSpec } from '../../api/alert-policy.ts';
import { refOf, type KubeObject } from '../../api/kube-object.ts';
import { keyReferences, type KeyReference } from '../../api/references.ts';
import type { Problem, Rejection } from '../../api/rejection.ts';
import { ruleGroupForVersion } from '../../formats/prometheus/for-version.ts';
import { printItems } from '../../formats/prometheus/print.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { parseVersion } from '../../formats/prometheus/version.ts';
import type { Omission, Piece } from '../rendered.ts';
import { referenceKey, type PolicyInput } from '../stack-input.ts';
import { canonicalMatchers } from './canonical-matchers.ts';
import { checkPolicy } from './check.ts';
import { injectedSentences } from './injected.ts';
import { keepLastGood } from './last-good.ts';
import { ownerOf } from '../owner.ts';
import { isTenant, type PolicySettings } from './policy-settings.ts';
import { namespaceMatchers, policyRouting, type PolicyRouting } from './routing.ts';
import { ruleGroups, withNamespaceLabel, type SourcedGroup } from './rule-groups.ts';

/** What an AlertPolicy contributes to a stack. */
export interface RenderedPolicy {
  /** Its rule groups, or those of its last good version; absent where it has neither. */
  readonly piece?: Piece;
  /** Its part of Alertmanager's config, or that of its last good version. */
  readonly routing?: PolicyRouting;
  readonly rejections: readonly Rejection[];
  readonly omitted: readonly Omission[];
  /** Rules in the piece. */
  readonly ruleCount: number;
  /** What was added to what the user wrote, as sentences. */
  readonly injected: readonly string[];
  /** With all the matchers that they are to have in the end. */
  readonly silences: readonly SilenceSpec[];
}

interface Memo {
  readonly key: string;
  readonly rendered: RenderedPolicy;
}

/** Results by AlertPolicy; several where several stacks select it. */
const known = new WeakMap<AlertPolicy, Memo[]>();
const MEMOS = 4;

/**
 * Renders one AlertPolicy: its rules as text and its part of Alertmanager's config, or what is wrong with it; a policy with
 * any mistake is rejected as a whole. The same policy with the same settings and facts gives the same object again.
 */
export function renderPolicy(input: PolicyInput, settings: PolicySettings): RenderedPolicy {
  const key = JSON.stringify([settings, factsOf(input)]);
  const memos = known.get(input.policy) ?? [];
  const memo = memos.find((one) => one.key === key);
  if (memo) return memo.rendered;
  const rendered = render(input, settings);
  known.set(input.policy, [{ key, rendered }, ...memos.slice(0, MEMOS - 1)]);
  return rendered;
}

function render(input: PolicyInput, settings: PolicySettings): RenderedPolicy {
  const { policy, references } = input;
  const problems = checkPolicy(input, settings);
  if (problems.length > 0) return reject(input, settings, problems);
  const rules = renderRules(policy, settings);
  const routing = settings.hasAlertmanager ? policyRouting(policy, settings, references) : undefined;
  const large = tooLarge(rules.piece, routing);
  if (large.length > 0) return reject(input, settings, large);
  return {
    ...rules,
    ...(routing ? { routing } : {}),
    rejections: [],
    injected: injectedSentences(policy, settings),
    silences: settings.hasAlertmanager ? effectiveSilences(policy, settings) : [],
  };
}

function reject(input: PolicyInput, settings: PolicySettings, problems: readonly Problem[]): RenderedPolicy {
  const object = refOf(input.policy as unknown as KubeObject);
  return { ...keepLastGood(input, settings), rejections: problems.map((problem) => ({ object, ...problem })), omitted: [], injected: [], silences: [] };
}

function renderRules(policy: AlertPolicy, settings: PolicySettings): Pick<RenderedPolicy, 'piece' | 'omitted' | 'ruleCount'> {
  const owner = ownerOf(policy);
  const { groups: wanted, omitted: blind } = withoutFlows(ruleGroups(policy), settings);
  const fitted = finalGroups(wanted, policy, settings).map((group) => ruleGroupForVersion(group, parseVersion(settings.version)));
  const groups = fitted.map(({ config }) => config);
  return {
    ...(groups.length > 0 ? { piece: { owner, text: printItems(groups, 0), names: groups.map(({ name }) => name) } } : {}),
    omitted: [...blind.map((omission) => ({ object: owner, ...omission })), ...fitted.flatMap(({ omitted }) => omitted.map((omission) => ({ object: owner, ...omission })))],
    ruleCount: groups.reduce((count, { rules }) => count + rules.length, 0),
  };
}

/** Rules on flows that nobody counts would be silent, and look as if all were well. */
function withoutFlows(sourced: readonly SourcedGroup[], { hasNetworkFlows, stackNamespace, stackName }: PolicySettings): { groups: RuleGroup[]; omitted: Omit<Omission, 'object'>[] } {
  const kept = sourced.filter(({ ofFlows }) => hasNetworkFlows || ofFlows !== true);
  const why = `MonitoringStack ${stackNamespace}/${stackName} counts no network flows: switch on exporters.networkFlows there (scope Cluster)`;
  return { groups: kept.map(({ group }) => group), omitted: kept.length < sourced.length ? [{ field: 'spec.traffic', why }] : [] };
}

function finalGroups(groups: readonly RuleGroup[], policy: AlertPolicy, settings: PolicySettings): RuleGroup[] {
  return isTenant(policy, settings) ? groups.map((group) => withNamespaceLabel(group, policy.metadata.namespace)) : [...groups];
}

function effectiveSilences(policy: AlertPolicy, settings: PolicySettings): SilenceSpec[] {
  const own = namespaceMatchers(policy, settings);
  return (policy.spec.silences ?? []).map((silence) => ({ ...silence, matchers: [...own, ...canonicalMatchers(silence.matchers)] }));
}

/** Half of what one ConfigMap or Secret may hold. */
const LARGEST = 512 * 1024;

function tooLarge(piece: Piece | undefined, routing: PolicyRouting | undefined): Problem[] {
  const sizes = [['rules', piece?.text ?? ''], ['routes and receivers', routing ? JSON.stringify(routing) : '']] as const;
  return sizes.flatMap(([what, text]) => {
    const size = Buffer.byteLength(text);
    return size <= LARGEST ? [] : [{ path: 'spec', reason: 'TooLarge' as const, message: `the ${what} would take ${Math.ceil(size / 1024)} KiB, and one policy may have ${LARGEST / 1024}: split it into several` }];
  });
}

const named = new WeakMap<AlertPolicy, readonly KeyReference[]>();

/** Everything besides policy and settings that the result depends on. */
function factsOf({ policy, references, lastGood }: PolicyInput): unknown {
  const found = named.get(policy) ?? keyReferences(policy.spec);
  named.set(policy, found);
  const values = found.map(({ kind, name, key }) => references?.get(referenceKey(kind, policy.metadata.namespace, name, key)) ?? null);
  return [references ? values : 'unknown', lastGood ?? null];
}
