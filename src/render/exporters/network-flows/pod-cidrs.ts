import { commandFlag } from '../../builtin-targets/command-flag.ts';
import type { ClusterSurvey } from '../../cluster-survey.ts';

/**
 * The networks of pods, as kube-controller-manager and kube-proxy are told: by a flag, kube-proxy also by its file. None where
 * the platform shows neither, or where its network plugin alone knows.
 */
export function podCidrs(survey: ClusterSurvey | undefined): readonly string[] {
  const { pods = {}, proxyConfig = '' } = survey ?? {};
  const told = [...(pods.controllerManager ?? []), ...(pods.proxy ?? [])].map(({ command }) => commandFlag(command, '--cluster-cidr') ?? '');
  const inFile = /^\s*clusterCIDR:\s*"?([^"\s]+)"?\s*$/m.exec(proxyConfig)?.[1] ?? '';
  return [...new Set([...told, inFile].flatMap((text) => text.split(',')).filter((cidr) => cidr.includes('/')))].sort();
}
