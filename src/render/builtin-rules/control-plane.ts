import { alert, type PackRule } from './alert.ts';
import { PROXY } from './jobs.ts';
import { stateOf } from './kube-state.ts';
import type { Pack } from './pack.ts';

/**
 * Scheduler and controller manager show that they work by renewing a lease, which tells more than a scrape: they listen on loopback
 * in many clusters, and on a node that nobody sees in others.
 */
function leaseIsOld(alertName: string, { lease, what, impact }: { readonly lease: string; readonly what: string; readonly impact: string }): PackRule {
  return alert(alertName, {
    severity: 'critical',
    threshold: 120,
    unit: 'seconds',
    expr: (seconds) => `time() - ${stateOf('lease', 'kube_lease_renew_time', `namespace="kube-system",lease="${lease}"`)} > ${seconds}`,
    for: '5m',
    summary: `No ${what} has been at work for {{ $value | humanizeDuration }}.`,
    description: `So long nobody has renewed its lease in kube-system. ${impact}`,
  });
}

/** The scheduler. */
export const scheduler: Pack = {
  name: 'kube-scheduler',
  needs: ['schedulerLease'],
  rules: [leaseIsOld('KubeSchedulerDown', { lease: 'kube-scheduler', what: 'scheduler', impact: 'New pods stay Pending, those of nodes that failed too.' })],
};

/** The controller manager. */
export const controllerManager: Pack = {
  name: 'kube-controller-manager',
  needs: ['controllerManagerLease'],
  rules: [
    leaseIsOld('KubeControllerManagerDown', {
      lease: 'kube-controller-manager', what: 'controller manager', impact: 'Nothing is rolled out, scaled or replaced, and Services do not learn of new pods.',
    }),
  ],
};

/** The proxies. That there were some tells a proxy that is down from a cluster that has none. */
export const proxy: Pack = {
  name: 'kube-proxy',
  needs: ['proxy'],
  rules: [
    alert('KubeProxyDown', {
      ofAll: 'Spread',
      severity: 'critical',
      expr: `max by (job) (max_over_time(up{${PROXY}}[1d])) == 1 unless on (job) max by (job) (up{${PROXY}}) == 1`,
      for: '15m',
      summary: 'No kube-proxy answers any more.',
      description: 'Within the last day some did. Nodes keep the rules that they have, but Services no longer follow their pods.',
    }),
  ],
};

/** What concerns all parts of Kubernetes. */
export const kubernetesSystem: Pack = {
  name: 'kubernetes-system',
  needs: ['apiServer'],
  rules: [
    alert('KubeVersionMismatch', {
      severity: 'info',
      expr: 'count(count by (minor) (label_replace(kubernetes_build_info, "minor", "$1", "git_version", "v?([0-9]+[.][0-9]+).*"))) > 1',
      for: '4h',
      summary: 'Kubernetes runs in {{ $value }} different minor versions.',
      description: 'An upgrade that began hours ago has not ended. Nodes may be up to three minor versions behind the API server, never ahead.',
    }),
    alert('KubeClientErrors', {
      severity: 'warning',
      threshold: 0.01,
      unit: 'share',
      expr: (share) => {
        const requests = (matcher: string): string => `sum by (job, instance) (rate(rest_client_requests_total{${matcher}}[5m]))`;
        return `${requests('job!="",code=~"5..|<error>"')} / ${requests('job!=""')} > ${share}`;
      },
      for: '15m',
      summary: '{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} ({{ $labels.instance }}) to the API server fail.',
      description: 'Either the API server answers with errors, or it cannot be reached from there. Other clients of it show which.',
    }),
  ],
};
