import type { LogSettings } from '../../api/log-settings.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { componentName } from '../names.ts';
import { configMap } from '../pod/config-map.ts';
import { networkPolicy, stackPeer, tcp } from '../pod/network-policy.ts';
import { serviceAccount } from '../pod/service-account.ts';
import { governingService } from '../pod/service.ts';
import type { StackContext } from '../stack-context.ts';
import { logCollectorAccess } from './access.ts';
import type { CollectorProgram } from './collector-program.ts';
import { logCollectorDaemonSet, METRICS } from './daemon-set.ts';
import { fluentBit } from './fluent-bit/fluent-bit.ts';
import { fluentd } from './fluentd/fluentd.ts';
import { openTelemetry } from './open-telemetry/open-telemetry.ts';

/** Everything that collects log lines, whichever program it is. */
export function logCollector(context: StackContext, settings: LogSettings): KubeObject[] {
  const program = programOf(context, settings);
  const { component, metricsPort } = program;
  const name = componentName(context.stack.metadata, component);
  return [
    serviceAccount(context, component, name),
    ...logCollectorAccess(context, settings, component),
    configMap(context, { component, name, data: program.config }),
    networkPolicy(context, { component, name, ingress: [{ from: [stackPeer(context)], ports: [tcp(metricsPort)] }] }),
    governingService(context, { component, name, ports: [{ name: METRICS, port: metricsPort }] }),
    logCollectorDaemonSet(context, settings, program),
  ];
}

function programOf({ stack: { metadata } }: StackContext, settings: LogSettings): CollectorProgram {
  switch (settings.collector) {
    case 'OpenTelemetry':
      return openTelemetry(metadata, settings);
    case 'FluentBit':
      return fluentBit(metadata, settings);
    case 'Fluentd':
      return fluentd(metadata, settings);
  }
}
