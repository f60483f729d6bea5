import { API_VERSION } from '../../../api/group.ts';
import { parseAlertPolicy, parseMonitoringStack } from '../../../api/parse.ts';
import type { MonitoringStack } from '../../../api/monitoring-stack.ts';
import { referenceKey, type ReferenceFacts } from '../../stack-input.ts';
import { policySettings } from '../policy-settings.ts';
import { renderPolicy, type RenderedPolicy } from '../render-policy.ts';

/** A case of the goldens: a stack and its policies, with what stands in the Secrets (`namespace/name/key`). */
export interface RenderCase {
  readonly stack?: { readonly metadata?: object; readonly spec?: object };
  readonly policies: readonly { readonly metadata: object; readonly spec: object }[];
  /** Absent: nobody looked. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The stack and what became of each policy. Throws where something does not fit its schema. */
export function renderCase({ stack, policies, secrets }: RenderCase): { stack: MonitoringStack; references: ReferenceFacts; rendered: RenderedPolicy[] } {
  const parsedStack = parseMonitoringStack({
    apiVersion: API_VERSION, kind: 'MonitoringStack', metadata: stack?.metadata ?? { name: 'shop', namespace: 'shop' }, spec: stack?.spec ?? {},
  });
  if (!parsedStack.ok) throw new Error(JSON.stringify(parsedStack.problems));
  const references = secrets && new Map(Object.entries(secrets).map(([path, value]) => {
    const [namespace = '', name = '', key = ''] = path.split('/');
    return [referenceKey('Secret', namespace, name, key), Buffer.from(value).toString('base64')];
  }));
  const settings = policySettings(parsedStack.ok);
  const rendered = policies.map(({ metadata, spec }) => {
    const policy = parseAlertPolicy({ apiVersion: API_VERSION, kind: 'AlertPolicy', metadata, spec });
    if (!policy.ok) throw new Error(JSON.stringify(policy.problems, null, 1));
    return renderPolicy({ policy: policy.ok, references }, settings);
  });
  return { stack: parsedStack.ok, references, rendered };
}
