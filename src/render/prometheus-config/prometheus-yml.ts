import type { StackSettings } from '../../api/defaults.ts';
import type { AlertmanagerConfig, GlobalConfig, PrometheusConfig, RemoteWriteConfig } from '../../formats/prometheus/config.ts';
import { parseDuration } from '../../formats/prometheus/duration.ts';
import { isLabelName } from '../../formats/prometheus/label-name.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { isAtLeast, parseVersion } from '../../formats/prometheus/version.ts';
import { keepComponent } from '../builtin-targets/keep-component.ts';
import { COMPONENTS, PORTS, type StackName } from '../names.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { scrapeTimes } from '../scrape-target/target-settings.ts';

/** What stands in prometheus.yml itself: ScrapeTargets and rules are in files of their own. */
export interface PrometheusYmlParts {
  /** Jobs that come with the stack. */
  readonly jobs: readonly ScrapeConfig[];
  readonly remoteWrites: readonly RemoteWriteConfig[];
}

/** prometheus.yml, as the newest release reads it. */
export function prometheusYml(stack: StackName, settings: StackSettings, { jobs, remoteWrites }: PrometheusYmlParts): PrometheusConfig {
  const isServer = settings.prometheus.mode === 'Server';
  return {
    global: globalConfig(settings.prometheus),
    // An agent evaluates no rules and sends no alerts, and refuses a config that speaks of them.
    ...(isServer ? { rule_files: ['rules-*.yaml'] } : {}),
    ...(isServer && settings.alertmanager ? { alerting: { alertmanagers: [alertmanagers(stack)] } } : {}),
    scrape_config_files: ['scrape-*.yaml'],
    ...(remoteWrites.length > 0 ? { remote_write: remoteWrites } : {}),
    scrape_configs: jobs,
  };
}

function globalConfig(prometheus: StackSettings['prometheus']): GlobalConfig {
  const { evaluationInterval, mode } = prometheus;
  const times = scrapeTimes(prometheus);
  const labels = externalLabels(prometheus);
  return {
    scrape_interval: times.interval,
    scrape_timeout: times.timeout,
    ...(mode === 'Server' ? { evaluation_interval: parseDuration(evaluationInterval) ? evaluationInterval : '30s' } : {}),
    ...(Object.keys(labels).length > 0 ? { external_labels: labels } : {}),
  };
}

// Prometheus 3 replaces ${NAME} in external labels by the environment; a dollar is written twice to stay one.
function externalLabels({ externalLabels: labels, version }: StackSettings['prometheus']): Record<string, string> {
  const expands = isAtLeast(parseVersion(version), [3, 0, 0]);
  const good = Object.entries(labels).filter(([name]) => isLabelName(name, 'legacy'));
  return Object.fromEntries(good.map(([name, value]) => [name, expands ? value.replaceAll('$', '$$$$') : value]));
}

/** Every replica of the stack's Alertmanager, by its pod: no DNS in between, and no permission that discovery does not need anyway. */
function alertmanagers(stack: StackName): AlertmanagerConfig {
  return {
    kubernetes_sd_configs: [kubernetesSd('pod', [stack.namespace])],
    relabel_configs: keepComponent(stack, COMPONENTS.alertmanager, PORTS.alertmanager),
  };
}
