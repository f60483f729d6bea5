import { alert, type Severity } from './alert.ts';
import { GRAFANA, KUBE_STATE, NODE_PROBLEM_DETECTOR } from './jobs.ts';
import type { Pack } from './pack.ts';

const DAY = 24 * 3600;
const TARGET = '{{ $labels.instance }}';

const certificate = (severity: Severity, days: number) =>
  alert('BlackboxSslCertificateWillExpireSoon', {
    severity,
    threshold: days,
    unit: 'days',
    expr: (limit) => `(probe_ssl_earliest_cert_expiry - time()) / ${DAY} < ${limit}`,
    for: '1h',
    summary: `The certificate of ${TARGET} expires in {{ $value | printf "%.1f" }} days.`,
    description: 'From then on clients refuse to talk to it. Whatever should have renewed it did not.',
  });

/** What probes find; `job` is the ScrapeTarget's name, or like `service/shop` where an annotation asks; `instance` is what is probed. */
export const blackbox: Pack = {
  name: 'blackbox',
  needs: ['blackbox'],
  rules: [
    alert('BlackboxProbeFailed', {
      severity: 'critical',
      expr: 'probe_success == 0',
      for: '5m',
      summary: `${TARGET} does not answer its probe.`,
      description: 'Every probe of {{ $labels.job }} failed for five minutes. probe_http_status_code, probe_duration_seconds and the other series of the probe say how far it got.',
    }),
    certificate('warning', 21),
    certificate('critical', 3),
  ],
};

/** What jobs push, or no longer push. `job` is the pushed group's. */
export const pushgateway: Pack = {
  name: 'pushgateway',
  needs: ['pushgateway'],
  rules: [
    alert('PushgatewayPushFailed', {
      severity: 'warning',
      expr: 'push_failure_time_seconds > push_time_seconds',
      for: '5m',
      summary: 'The last push of {{ $labels.job }} was refused.',
      description: 'The Pushgateway keeps what came before. The series contradict others that it has, in type or labels; its log says which.',
    }),
    alert('PushgatewayPushTooOld', {
      severity: 'info',
      threshold: 2 * DAY,
      unit: 'seconds',
      expr: (seconds) => `time() - (push_time_seconds > 0) > ${seconds}`,
      for: '10m',
      summary: '{{ $labels.job }} has pushed nothing for {{ $value | humanizeDuration }}.',
      description: 'Its series stay as they were until somebody deletes the group.',
      off: 'how often a job runs is its own affair: set the threshold when you enable it',
    }),
  ],
};

/** node-problem-detector: what the kernel log says, and plugins. */
export const nodeProblems: Pack = {
  name: 'node-problems',
  needs: ['nodeProblemDetector'],
  rules: [
    alert('NodeProblem', {
      severity: 'warning',
      expr: `max by (node, type, reason) (problem_gauge{${NODE_PROBLEM_DETECTOR}}) == 1`,
      for: '5m',
      summary: 'Node {{ $labels.node }} has {{ $labels.type }} ({{ $labels.reason }}).',
      description: 'node-problem-detector found it in the kernel log, where it is for good and the node usually has to be drained and started again; or by a plugin, which takes it back once it is mended. The condition of the node has the words.',
    }),
    alert('NodeKernelError', {
      severity: 'warning',
      // Reasons of conditions are counted too, and have the other alert.
      expr: `sum by (node, reason) (increase(problem_counter{${NODE_PROBLEM_DETECTOR},reason!~"OOMKilling|.*Start"}[1h])) > 0 unless max by (node, reason) (problem_gauge{${NODE_PROBLEM_DETECTOR}})`,
      summary: 'Node {{ $labels.node }} reported {{ $labels.reason }} {{ $value | printf "%.0f" }} times within an hour.',
      description: 'The kernel said so, or a plugin of node-problem-detector; the Events of the node have the words. Errors of disks and memory announce a failure; those of the kernel itself need a newer one.',
    }),
  ],
};

const calls = (metric: string, matchers = ''): string => `sum by (job, resource) (rate(${metric}{${KUBE_STATE}${matchers}}[5m]))`;

/** kube-state-metrics itself: what it cannot see no rule can tell. */
export const kubeStateMetrics: Pack = {
  name: 'kube-state-metrics',
  needs: ['kubeState'],
  rules: (['List', 'Watch'] as const).map((call) =>
    alert(`KubeStateMetrics${call}Errors`, {
      severity: 'warning',
      threshold: 0.01,
      unit: 'share',
      expr: (share) => `${calls(`kube_state_metrics_${call.toLowerCase()}_total`, ',result="error"')} / ${calls(`kube_state_metrics_${call.toLowerCase()}_total`)} > ${share}`,
      for: '15m',
      summary: `kube-state-metrics fails to ${call.toLowerCase()} {{ $labels.resource }} ({{ $value | humanizePercentage }}).`,
      description: 'Series about them are missing or old, and alerts about them silent. Permissions that it lacks, or an API server that is overloaded, are the usual reasons.',
    }),
  ),
};

/** Grafana. */
export const grafana: Pack = {
  name: 'grafana',
  needs: ['grafana'],
  rules: [
    alert('GrafanaRequestsFailing', {
      severity: 'warning',
      threshold: 50,
      unit: 'percent',
      expr: (percent) => {
        const requests = (matcher: string): string => `sum by (namespace, job, handler) (rate(grafana_http_request_duration_seconds_count{${GRAFANA},handler!~"/api/datasources/proxy/:id.*|/api/ds/query"${matcher}}[5m]))`;
        return `100 * ${requests(',status_code=~"5.."')} / ${requests('')} > ${percent}`;
      },
      for: '5m',
      summary: 'Grafana fails {{ $value | printf "%.0f" }}% of the requests to {{ $labels.handler }}.',
      description: 'Its log says why; its database is the usual reason.',
    }),
  ],
};
