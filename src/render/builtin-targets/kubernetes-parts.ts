import type { StackSettings } from '../../api/defaults.ts';
import { KUBERNETES_PARTS, type KubernetesPart, type KubernetesPartSettings } from '../../api/cluster-settings.ts';
import type { ClusterSurvey, PodPart, SurveyedPod } from '../cluster-survey.ts';
import { isManaged, platformOf, type Platform } from '../platform.ts';
import { commandFlag } from './command-flag.ts';
import { PART_PORTS } from './part-port.ts';

/** A part of Kubernetes that cannot be scraped here. */
export interface HiddenPart {
  readonly part: KubernetesPart;
  /** Why, and the mend, as the end of a sentence. */
  readonly why: string;
}

/** Which parts of Kubernetes a stack scrapes. Jobs, rules and dashboards of the others stay away. */
export interface KubernetesParts {
  readonly shown: ReadonlySet<KubernetesPart>;
  readonly hidden: readonly HiddenPart[];
}

/**
 * Which parts of Kubernetes are on in a stack and shown by its platform. A pure function of what was found in the cluster;
 * where nobody looked (the command line without a cluster) everything counts as shown.
 */
export function kubernetesParts(settings: Pick<StackSettings, 'kubernetes'>, survey: ClusterSurvey | undefined): KubernetesParts {
  const shown = new Set<KubernetesPart>();
  const hidden: HiddenPart[] = [];
  for (const part of KUBERNETES_PARTS) {
    const own = settings.kubernetes[part];
    if (!own) continue;
    const why = survey && part !== 'apiServer' && part !== 'kubelet' && own.addresses.length === 0 ? whyHidden(part, own, survey) : undefined;
    if (why === undefined) shown.add(part);
    else hidden.push({ part, why });
  }
  return { shown, hidden };
}

function whyHidden(part: PodPart, own: KubernetesPartSettings, survey: ClusterSurvey): string | undefined {
  const pods = survey.pods[part];
  if (pods === undefined) return `whether the platform shows it is not known: the operator may not look (${survey.refused.join(', ')})`;
  const platform = platformOf(survey);
  if (pods.length === 0) return notThere(part, platform);
  if (part === 'dns') return pods.some(showsDns) ? undefined : 'its pods declare no port called metrics or 9153: add the plugin prometheus to its Corefile, and the port to its pods';
  if (part === 'etcd' && own.tls) return undefined;
  return pods.every((pod) => isLoopback(bindAddress(part, pod, survey))) ? loopback(part, platform) : undefined;
}

function notThere(part: PodPart, platform: Platform): string {
  if (isManaged(platform)) return `${platform} does not show it`;
  const addresses = `name its addresses in spec.kubernetes.${part}.addresses`;
  if (platform === 'k3s' && part !== 'dns') return `k3s runs it inside its own process and shows it on 127.0.0.1 only: give it a bind address that pods reach, and ${addresses}`;
  return `there are no pods of it in kube-system: ${addresses}`;
}

/** What to change so that a part listens where pods reach it. */
const MENDS: Readonly<Record<Exclude<PodPart, 'dns'>, string>> = {
  controllerManager: 'start it with --bind-address=0.0.0.0 (kubeadm: controllerManager.extraArgs)',
  scheduler: 'start it with --bind-address=0.0.0.0 (kubeadm: scheduler.extraArgs)',
  proxy: 'set metricsBindAddress to 0.0.0.0:10249 in its ConfigMap in kube-system, and restart its pods',
  etcd: 'start it with --listen-metrics-urls=http://0.0.0.0:2381 (kubeadm: etcd.local.extraArgs), or give a client certificate in spec.kubernetes.etcd.tls',
};

function loopback(part: Exclude<PodPart, 'dns'>, platform: Platform): string {
  if (isManaged(platform)) return `on this ${platform} its metrics are on 127.0.0.1 only: ${MENDS[part]}, where ${platform} allows that`;
  return `its metrics are on 127.0.0.1 only: ${MENDS[part]}`;
}

/** Whether CoreDNS declares where its metrics are. */
function showsDns({ ports }: SurveyedPod): boolean {
  return ports.some(({ name, port }) => name === 'metrics' || port === PART_PORTS.dns);
}

/** The address that a part's metrics listen on, as its flags and files say; their defaults where they say nothing. */
function bindAddress(part: Exclude<PodPart, 'dns'>, { command }: SurveyedPod, { proxyConfig = '' }: ClusterSurvey): string {
  // etcd shows its metrics on client URLs too, but asks for a client certificate there.
  if (part === 'etcd') return commandFlag(command, '--listen-metrics-urls') ?? '127.0.0.1';
  if (part !== 'proxy') return commandFlag(command, '--bind-address') ?? '0.0.0.0';
  const inFile = /^\s*metricsBindAddress:\s*"?([^"\s]+)"?\s*$/m.exec(proxyConfig)?.[1];
  return commandFlag(command, '--metrics-bind-address') ?? inFile ?? '127.0.0.1';
}

/** All of several addresses or URLs are of the loopback. */
function isLoopback(addresses: string): boolean {
  return addresses.split(',').every((address) => /^(?:\w+:\/\/)?(?:127\.|localhost\b|\[?::1\b)/.test(address));
}
