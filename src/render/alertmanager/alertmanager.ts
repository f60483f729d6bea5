import type { AlertmanagerSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { alertmanagerName, COMPONENTS } from '../names.ts';
import { disruptionBudget } from '../pod/disruption-budget.ts';
import { serviceAccount } from '../pod/service-account.ts';
import type { StackContext } from '../stack-context.ts';
import { configSecret } from './config-secret.ts';
import { alertmanagerNetworkPolicy } from './network-policy.ts';
import { alertmanagerServices } from './service.ts';
import { alertmanagerStatefulSet } from './stateful-set.ts';

const component = COMPONENTS.alertmanager;

/** Everything Alertmanager consists of, with its config. */
export function alertmanager(context: StackContext, settings: AlertmanagerSettings, config: string): KubeObject[] {
  const name = alertmanagerName(context.stack.metadata);
  return [
    serviceAccount(context, component, name),
    configSecret(context, config),
    alertmanagerNetworkPolicy(context),
    ...alertmanagerServices(context, settings),
    alertmanagerStatefulSet(context, settings),
    ...disruptionBudget(context, { component, name, replicas: settings.replicas }),
  ];
}
