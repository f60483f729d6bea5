import type { AlertPolicy } from '../../../api/alert-policy.ts';
import { stackSettings } from '../../../api/defaults.ts';
import { API_VERSION } from '../../../api/group.ts';
import { parseAlertPolicy, parseMonitoringStack } from '../../../api/parse.ts';
import type { MonitoringStack } from '../../../api/monitoring-stack.ts';
import { referenceKey, type ReferenceFacts } from '../../stack-input.ts';
import { policySettings, type PolicySettings } from '../policy-settings.ts';
import { renderPolicy, type RenderedPolicy } from '../render-policy.ts';

/** A case of the goldens: a stack and its policies, with what stands in the Secrets (`namespace/name/key`). */
export interface RenderCase {
  readonly stack?: { readonly metadata?: object; readonly spec?: object };
  readonly policies: readonly { readonly metadata: object; readonly spec: object }[];
  /** Absent: nobody looked. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The stack and what became of each policy. Throws where something does not fit its schema. */
export function renderCase({ stack: asked, policies, secrets }: RenderCase): { stack: MonitoringStack; references: ReferenceFacts; rendered: RenderedPolicy[] } {
  const stack = stackOf(asked?.spec ?? {}, asked?.metadata);
  const references = secrets && referencesOf(secrets);
  const settings = settingsOf(stack);
  const rendered = policies.map(({ metadata, spec }) => renderPolicy({ policy: policyOf(spec, metadata), references }, settings));
  return { stack, references, rendered };
}

/** A stack; by default shop/shop. */
export function stackOf(spec: object, metadata: object = { name: 'shop', namespace: 'shop' }): MonitoringStack {
  const { ok, problems } = parseMonitoringStack({ apiVersion: API_VERSION, kind: 'MonitoringStack', metadata, spec });
  if (!ok) throw new Error(JSON.stringify(problems, null, 1));
  return ok;
}

/** What of a stack matters to its policies. */
export function settingsOf(stack: MonitoringStack): PolicySettings {
  return policySettings(stack.metadata, stackSettings(stack));
}

/** A policy; by default shop/checkout. */
export function policyOf(spec: object, metadata: object = { name: 'checkout', namespace: 'shop' }): AlertPolicy {
  const { ok, problems } = parseAlertPolicy({ apiVersion: API_VERSION, kind: 'AlertPolicy', metadata, spec });
  if (!ok) throw new Error(JSON.stringify(problems, null, 1));
  return ok;
}

/** What stands in Secrets, by `namespace/name/key`. */
export function referencesOf(secrets: Readonly<Record<string, string>>): NonNullable<ReferenceFacts> {
  return new Map(Object.entries(secrets).map(([path, value]) => {
    const [namespace = '', name = '', key = ''] = path.split('/');
    return [referenceKey('Secret', namespace, name, key), Buffer.from(value).toString('base64')];
  }));
}
