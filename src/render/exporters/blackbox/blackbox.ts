import type { KubeObject } from '../../../api/kube-object.ts';
import type { ScrapeTarget } from '../../../api/scrape-target.ts';
import { blackboxName, COMPONENTS, PORTS } from '../../names.ts';
import { configMap } from '../../pod/config-map.ts';
import { networkPolicy, stackPeer, tcp } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { service } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import { blackboxConfig, CONFIG_FILE } from './config.ts';
import { blackboxDeployment, METRICS } from './deployment.ts';
import { modules } from './modules.ts';
import { runsBlackbox } from './runs-blackbox.ts';

const component = COMPONENTS.blackbox;

/** Everything the blackbox exporter consists of; nothing where it is off, or has nothing to probe. */
export function blackbox(context: StackContext, targets: readonly ScrapeTarget[]): KubeObject[] {
  const { settings, stack } = context;
  const probed = targets.flatMap(({ spec: { probe } }) => (probe ? [probe.module] : []));
  if (!runsBlackbox(settings, probed.length > 0)) return [];
  const name = blackboxName(stack.metadata);
  const config = blackboxConfig(settings.blackbox);
  const known = modules(settings.blackbox.modules);
  // Which modules annotations name cannot be known here: any of them.
  const usesIcmp = settings.annotations.enabled || probed.some((module) => Object.hasOwn(known, module) && known[module]?.['prober'] === 'icmp');
  return [
    serviceAccount(context, component, name),
    configMap(context, { component, name, data: { [CONFIG_FILE]: config } }),
    networkPolicy(context, { component, name, ingress: [{ from: [stackPeer(context)], ports: [tcp(PORTS.blackbox)] }] }),
    service(context, { component, name, ports: [{ name: METRICS, port: PORTS.blackbox }] }),
    blackboxDeployment(context, settings.blackbox, { config, usesIcmp }),
  ];
}
