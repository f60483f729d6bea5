import type { LogSettings } from '../../../api/log-settings.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';
import { COMPONENTS, PORTS, type StackName } from '../../names.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import type { CollectorProgram } from '../collector-program.ts';
import { HEALTH } from '../daemon-set.ts';
import { hostDirectories, POD_LOGS, POD_VOLUMES } from '../log-paths.ts';
import { openTelemetryConfig, STATE } from './config.ts';

const CONFIG_DIRECTORY = '/etc/otelcol-contrib';
const CONFIG_FILE = 'config.yaml';

/** The OpenTelemetry Collector, in the distribution that has readers of files and all three outputs. */
export function openTelemetry(stack: StackName, settings: LogSettings): CollectorProgram {
  const readsVolumes = settings.files.some(({ volume }) => volume !== undefined);
  return {
    component: COMPONENTS.otelCollector,
    image: 'otelCollector',
    release: settings.version,
    config: { [CONFIG_FILE]: printYaml(openTelemetryConfig(stack, settings)) },
    configDirectory: CONFIG_DIRECTORY,
    args: [`--config=${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    env: [],
    readsPasswordFiles: true,
    metricsPort: PORTS.otelCollector,
    healthPort: PORTS.otelHealth,
    probes: { readinessProbe: readinessProbe('/', HEALTH), livenessProbe: livenessProbe('/', HEALTH) },
    stateDirectory: STATE,
    reads: [POD_LOGS, ...(readsVolumes ? [POD_VOLUMES] : []), ...hostDirectories(settings.files)],
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '384Mi' } },
    capabilities: readsVolumes ? ['DAC_READ_SEARCH'] : [],
  };
}
