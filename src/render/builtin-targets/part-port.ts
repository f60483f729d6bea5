import type { StackSettings } from '../../api/defaults.ts';
import type { ClusterSurvey, PodPart } from '../cluster-survey.ts';
import { commandFlag } from './command-flag.ts';

/** Port of each part's metrics unless it is told another. */
export const PART_PORTS: Readonly<Record<PodPart, number>> = { controllerManager: 10257, scheduler: 10259, proxy: 10249, etcd: 2381, dns: 9153 };

/** Where etcd serves its clients, and its metrics to those with a certificate. */
const ETCD_CLIENT_PORT = 2379;

/** The flag that moves a part's metrics elsewhere. */
const FLAGS: Readonly<Partial<Record<PodPart, string>>> = {
  controllerManager: '--secure-port', scheduler: '--secure-port', proxy: '--metrics-bind-address', etcd: '--listen-metrics-urls',
};

/** The port of a part's metrics: the user's word, else that of the flags of its pods, else the usual one. */
export function partPort(part: PodPart, { kubernetes }: Pick<StackSettings, 'kubernetes'>, survey: ClusterSurvey | undefined): number {
  const { port, tls, addresses = [] } = kubernetes[part] ?? {};
  if (port !== undefined) return port;
  if (tls) return ETCD_CLIENT_PORT;
  const found = addresses.length > 0 ? undefined : part === 'dns' ? dnsPort(survey) : foundPort(part, survey);
  return found ?? PART_PORTS[part];
}

function foundPort(part: PodPart, survey: ClusterSurvey | undefined): number | undefined {
  const name = FLAGS[part];
  if (name === undefined) return undefined;
  const values = (survey?.pods[part] ?? []).flatMap(({ command }) => commandFlag(command, name) ?? []);
  const port = /(?:^|:)(\d+)\/?(?:,|$)/.exec(values[0] ?? '')?.[1];
  return port === undefined ? undefined : Number(port);
}

function dnsPort(survey: ClusterSurvey | undefined): number | undefined {
  const ports = (survey?.pods.dns ?? []).flatMap((pod) => pod.ports);
  return (ports.find(({ port }) => port === PART_PORTS.dns) ?? ports.find(({ name }) => name === 'metrics'))?.port;
}
