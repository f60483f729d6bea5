import { alertmanager, alertmanagerCluster } from './alertmanager.ts';
import { apiServer, apiServerLongRates, apiServerRates } from './api-server.ts';
import { controllerManager, kubernetesSystem, proxy, scheduler } from './control-plane.ts';
import { apiServerDashboards, kubeletDashboards, kubernetesDashboards, nodeDashboards, schedulerDashboards } from './dashboard-records.ts';
import { dns } from './dns.ts';
import { etcd } from './etcd.ts';
import { blackbox, grafana, kubeStateMetrics, nodeProblems, pushgateway } from './exporters.ts';
import { general } from './general.ts';
import { kubernetesJobs } from './kubernetes-jobs.ts';
import { kubelet, kubernetesNodes } from './kubernetes-nodes.ts';
import { kubernetesPods } from './kubernetes-pods.ts';
import { kubernetesContainers, kubernetesRequests, kubernetesResources } from './kubernetes-resources.ts';
import { kubernetesScaling } from './kubernetes-scaling.ts';
import { kubernetesStorage, kubernetesVolumes } from './kubernetes-storage.ts';
import { kubernetesWorkloads } from './kubernetes-workloads.ts';
import { logs } from './logs.ts';
import { networkFlows } from './network-flows.ts';
import { node, nodeRecords, nodeSystemd } from './node.ts';
import { operator } from './operator.ts';
import type { Pack } from './pack.ts';
import { prometheus, prometheusAlerting, prometheusRemoteWrite } from './prometheus.ts';
import { thanos, thanosQuerier } from './thanos.ts';

/** All packs there are, in the order of the files that they are written to. */
export const PACKS: readonly Pack[] = [
  general,
  prometheus, prometheusAlerting, prometheusRemoteWrite, thanos, thanosQuerier,
  alertmanager, alertmanagerCluster,
  grafana, blackbox, pushgateway, logs, operator,
  nodeRecords, node, nodeSystemd, nodeProblems, networkFlows,
  kubeStateMetrics, kubernetesPods, kubernetesWorkloads, kubernetesJobs, kubernetesScaling,
  kubernetesRequests, kubernetesResources, kubernetesContainers, kubernetesVolumes, kubernetesStorage, kubernetesNodes, kubelet,
  apiServerRates, apiServerLongRates, apiServer, kubernetesSystem, scheduler, controllerManager, proxy, etcd, dns,
  nodeDashboards, kubernetesDashboards, kubeletDashboards, apiServerDashboards, schedulerDashboards,
];
