import type { LogSettings } from '../../../api/log-settings.ts';
import { COMPONENTS, PORTS, type StackName } from '../../names.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import type { CollectorProgram } from '../collector-program.ts';
import { credentialEnvironment } from '../credentials.ts';
import { METRICS } from '../daemon-set.ts';
import { CONTAINER_LOGS, hostDirectories, POD_LOGS } from '../log-paths.ts';
import { fluentdConfig } from './config.ts';
import { STATE } from './places.ts';
import { printFluentd } from './print.ts';

const CONFIG_DIRECTORY = '/fluentd/etc';
const CONFIG_FILE = 'fluent.conf';

/** Fluentd, in the image of its project that has the plugins of the output. */
export function fluentd(stack: StackName, settings: LogSettings): CollectorProgram {
  return {
    component: COMPONENTS.fluentd,
    image: 'fluentd',
    release: `${settings.version}-debian-${settings.output.kind === 'opensearch' ? 'opensearch' : 'elasticsearch8'}-1`,
    config: { [CONFIG_FILE]: printFluentd(fluentdConfig(stack, settings)) },
    configDirectory: CONFIG_DIRECTORY,
    args: [],
    env: credentialEnvironment(settings.output),
    readsPasswordFiles: false,
    metricsPort: PORTS.fluentd,
    probes: { readinessProbe: readinessProbe('/metrics', METRICS), livenessProbe: livenessProbe('/metrics', METRICS) },
    stateDirectory: STATE,
    reads: [CONTAINER_LOGS, POD_LOGS, ...hostDirectories(settings.files)],
    resources: { requests: { cpu: '50m', memory: '160Mi' }, limits: { memory: '512Mi' } },
    capabilities: [],
  };
}
