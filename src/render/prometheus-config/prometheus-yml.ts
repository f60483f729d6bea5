import type { StackSettings } from '../../api/defaults.ts';
import { replicaLabels } from '../../api/prometheus-settings.ts';
import type { AlertmanagerConfig, GlobalConfig, PrometheusConfig, RemoteWriteConfig } from '../../formats/prometheus/config.ts';
import { parseDuration } from '../../formats/prometheus/duration.ts';
import { isLabelName } from '../../formats/prometheus/label-name.ts';
import { labelDrop, literal, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
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
    ...(isServer && settings.alertmanager ? { alerting: alerting(stack, settings.prometheus) } : {}),
    scrape_config_files: ['scrape-*.yaml'],
    ...receiving(settings.prometheus),
    ...(remoteWrites.length > 0 ? { remote_write: remoteWrites } : {}),
    scrape_configs: jobs,
  };
}

/** How pushed samples are taken in. An agent keeps nothing, and has no storage to speak of. */
function receiving({ receive, mode }: StackSettings['prometheus']): Pick<PrometheusConfig, 'storage' | 'otlp'> {
  const { otlp, outOfOrderWindow = '0s' } = receive ?? {};
  const attributes = otlp?.promoteResourceAttributes ?? [];
  return {
    ...(mode === 'Server' && (parseDuration(outOfOrderWindow) ?? 0) > 0 ? { storage: { tsdb: { out_of_order_time_window: outOfOrderWindow } } } : {}),
    ...(attributes.length > 0 ? { otlp: { promote_resource_attributes: attributes } } : {}),
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

/** As the user wrote them: Prometheus puts the environment in for ${POD_NAME}, and takes $$ for a dollar. */
function externalLabels({ externalLabels: labels }: StackSettings['prometheus']): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => isLabelName(name, 'legacy')));
}

/** Alertmanager takes alerts of two replicas for one only if no label tells the replicas apart. */
function dropReplicaLabels(prometheus: StackSettings['prometheus']): RelabelRule[] {
  return replicaLabels(externalLabels(prometheus)).map((name) => labelDrop(literal(name)));
}

function alerting(stack: StackName, prometheus: StackSettings['prometheus']): NonNullable<PrometheusConfig['alerting']> {
  const rules = dropReplicaLabels(prometheus);
  return { ...(rules.length > 0 ? { alert_relabel_configs: rules } : {}), alertmanagers: [alertmanagers(stack)] };
}

/** Every replica of the stack's Alertmanager, by its pod: no DNS in between, and no permission that discovery does not need anyway. */
function alertmanagers(stack: StackName): AlertmanagerConfig {
  return {
    kubernetes_sd_configs: [kubernetesSd('pod', [stack.namespace])],
    relabel_configs: keepComponent(stack, COMPONENTS.alertmanager, PORTS.alertmanager),
  };
}
