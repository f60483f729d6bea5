import { alert, type PackAlert, type PackRule } from './alert.ts';
import { KUBELET } from './jobs.ts';
import { stateOf } from './kube-state.ts';
import type { Pack } from './pack.ts';

// Pods that ended hold no resources any more.
const ALIVE = `${stateOf('namespace, pod', 'kube_pod_status_phase', 'phase=~"Pending|Running"')} == 1`;

function requested(resource: 'cpu' | 'memory'): PackRule {
  return {
    record: `namespace_${resource}:kube_pod_container_resource_requests:sum`,
    expr: `sum by (namespace) (sum by (namespace, pod) (${stateOf('namespace, pod, container', 'kube_pod_container_resource_requests', `resource="${resource}"`)}) and on (namespace, pod) ${ALIVE})`,
  };
}

function overcommit(resource: 'cpu' | 'memory'): PackAlert {
  const what = resource === 'cpu' ? 'CPU' : 'memory';
  const there = stateOf('node', 'kube_node_status_allocatable', `resource="${resource}"`);
  return alert(resource === 'cpu' ? 'KubeCPUOvercommit' : 'KubeMemoryOvercommit', {
    severity: 'info',
    // One node can never be spared: there is nothing to say about a cluster that has no more.
    expr: `(sum(namespace_${resource}:kube_pod_container_resource_requests:sum) - (sum(${there}) - max(${there}))) / sum(${there}) > 0 and count(${there}) > 1`,
    for: '30m',
    summary: `Pods ask for {{ $value | humanizePercentage }} more of the cluster's ${what} than would be left without its largest node.`,
    description: `If that node fails, some of its pods find no other. Add a node, or lower requests that are higher than what is used. With an autoscaler of nodes, leave this alert out.`,
  });
}

function quotaOvercommit(resource: 'cpu' | 'memory'): PackAlert {
  const there = stateOf('node', 'kube_node_status_allocatable', `resource="${resource}"`);
  const quota = stateOf('namespace, resourcequota', 'kube_resourcequota', `type="hard",resource=~"(requests.)?${resource}"`);
  return alert(resource === 'cpu' ? 'KubeCPUQuotaOvercommit' : 'KubeMemoryQuotaOvercommit', {
    severity: 'info',
    threshold: 1.5,
    unit: 'times',
    expr: (times) => `sum(${quota}) / sum(${there}) > ${times}`,
    for: '30m',
    summary: `Quotas promise {{ $value | printf "%.1f" }} times the ${resource === 'cpu' ? 'CPU' : 'memory'} that the cluster has.`,
    description: 'Should all namespaces use what they may, pods find no node.',
    off: 'quotas are often larger than the cluster on purpose',
  });
}

const QUOTA = 'namespace, resourcequota, resource';
const USED = `${stateOf(QUOTA, 'kube_resourcequota', 'type="used"')} / (${stateOf(QUOTA, 'kube_resourcequota', 'type="hard"')} > 0)`;
const QUOTA_NAME = '{{ $labels.namespace }}/{{ $labels.resourcequota }}';

const quotas: readonly PackRule[] = [
  alert('KubeQuotaAlmostFull', {
    severity: 'info',
    threshold: 0.9,
    unit: 'share',
    expr: (share) => `${USED} > ${share} < 1`,
    for: '15m',
    summary: `{{ $value | humanizePercentage }} of {{ $labels.resource }} in quota ${QUOTA_NAME} are in use.`,
    description: 'Soon the namespace can start nothing more that needs it.',
  }),
  alert('KubeQuotaFullyUsed', {
    severity: 'info',
    expr: `${USED} == 1`,
    for: '15m',
    summary: `Quota ${QUOTA_NAME} has no {{ $labels.resource }} left.`,
    description: 'The namespace can start nothing more that needs it, which may be just what the quota is for. A rollout that has to start pods first does not get on.',
  }),
  alert('KubeQuotaExceeded', {
    severity: 'warning',
    expr: `${USED} > 1`,
    for: '15m',
    summary: `{{ $value | humanizePercentage }} of {{ $labels.resource }} in quota ${QUOTA_NAME} are in use.`,
    description: 'The quota was lowered below what runs. Pods that end are not replaced.',
  }),
];

/** What pods ask for in each namespace: alerts and dashboards build on it. */
export const kubernetesRequests: Pack = { name: 'kubernetes-requests', needs: ['kubeState'], rules: [requested('cpu'), requested('memory')] };

/** Alerts about CPU and memory that is promised, and quotas. */
export const kubernetesResources: Pack = {
  name: 'kubernetes-resources', needs: ['kubeState'], rules: [overcommit('cpu'), overcommit('memory'), quotaOvercommit('cpu'), quotaOvercommit('memory'), ...quotas],
};

/** Alerts about containers at their limits, as cAdvisor sees them. */
export const kubernetesContainers: Pack = {
  name: 'kubernetes-containers',
  needs: ['kubelet'],
  rules: [
    alert('CPUThrottlingHigh', {
      severity: 'info',
      threshold: 0.25,
      unit: 'share',
      expr: (share) => {
        const periods = (metric: string): string => `sum by (namespace, pod, container) (increase(${metric}{${KUBELET},container!=""}[5m]))`;
        return `${periods('container_cpu_cfs_throttled_periods_total')} / ${periods('container_cpu_cfs_periods_total')} > ${share}`;
      },
      for: '15m',
      summary: 'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} is throttled {{ $value | humanizePercentage }} of the time.',
      description: 'It wants more CPU than its limit. That matters only where it is slow for its users: then raise the limit, or remove it.',
    }),
  ],
};
