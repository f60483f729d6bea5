import type { LogSettings } from '../../../api/log-settings.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';
import { COMPONENTS, PORTS, type StackName } from '../../names.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import type { CollectorProgram } from '../collector-program.ts';
import { credentialEnvironment } from '../credentials.ts';
import { METRICS } from '../daemon-set.ts';
import { CONTAINER_LOGS, hostDirectories, POD_LOGS } from '../log-paths.ts';
import { fluentBitConfig } from './config.ts';
import { STATE } from './places.ts';

const CONFIG_DIRECTORY = '/etc/belfry/fluent-bit';
const CONFIG_FILE = 'fluent-bit.yaml';

/** Fluent Bit. */
export function fluentBit(stack: StackName, settings: LogSettings): CollectorProgram {
  return {
    component: COMPONENTS.fluentBit,
    image: 'fluentBit',
    release: settings.version,
    config: { [CONFIG_FILE]: printYaml(fluentBitConfig(stack, settings)) },
    configDirectory: CONFIG_DIRECTORY,
    args: [`--config=${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    env: credentialEnvironment(settings.output),
    readsPasswordFiles: false,
    metricsPort: PORTS.fluentBit,
    // Of the server itself: /api/v1/health counts an output that is away, and a restart does not bring that back.
    probes: { readinessProbe: readinessProbe('/', METRICS), livenessProbe: livenessProbe('/', METRICS) },
    stateDirectory: STATE,
    reads: [CONTAINER_LOGS, POD_LOGS, ...hostDirectories(settings.files)],
    resources: { requests: { cpu: '20m', memory: '48Mi' }, limits: { memory: '192Mi' } },
    capabilities: [],
  };
}
