import type { KubernetesPart } from '../../api/cluster-settings.ts';
import type { StackSettings } from '../../api/defaults.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { SYSTEM_NAMESPACE, type ClusterSurvey } from '../cluster-survey.ts';
import type { StackName } from '../names.ts';
import { API_SERVER_NAMESPACE, apiServerJob } from './api-server.ts';
import { controllerManagerJob, schedulerJob } from './control-plane.ts';
import { dnsJob } from './dns.ts';
import { etcdJob } from './etcd.ts';
import { kubeProxyJob } from './kube-proxy.ts';
import { kubeletJobs } from './kubelet.ts';
import { partPort } from './part-port.ts';

/** The jobs of those parts of Kubernetes that the platform shows. */
export function kubernetesJobs(stack: StackName, settings: StackSettings, { shown, survey }: { readonly shown: ReadonlySet<KubernetesPart>; readonly survey: ClusterSurvey | undefined }): ScrapeConfig[] {
  const jobs: Readonly<Record<KubernetesPart, () => ScrapeConfig[]>> = {
    apiServer: () => [apiServerJob(settings)],
    kubelet: () => kubeletJobs(settings),
    controllerManager: () => [controllerManagerJob(settings, partPort('controllerManager', settings, survey))],
    scheduler: () => [schedulerJob(settings, partPort('scheduler', settings, survey))],
    proxy: () => [kubeProxyJob(settings, partPort('proxy', settings, survey))],
    etcd: () => [etcdJob(stack, settings, partPort('etcd', settings, survey))],
    dns: () => [dnsJob(settings, partPort('dns', settings, survey))],
  };
  return [...shown].flatMap((part) => jobs[part]());
}

/** The namespaces in which their endpoints and pods are looked up. */
export function kubernetesNamespaces(shown: ReadonlySet<KubernetesPart>): string[] {
  const inPods = [...shown].some((part) => part !== 'apiServer' && part !== 'kubelet');
  return [...(shown.has('apiServer') ? [API_SERVER_NAMESPACE] : []), ...(inPods ? [SYSTEM_NAMESPACE] : [])];
}
