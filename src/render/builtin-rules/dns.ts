import { alert, type PackRule, type Severity } from './alert.ts';
import { DNS } from './jobs.ts';
import type { Pack } from './pack.ts';

function errors(severity: Severity, threshold: number): PackRule {
  return alert('CoreDNSErrorsHigh', {
    severity,
    threshold,
    unit: 'share',
    expr: (share) => `sum by (job) (rate(coredns_dns_responses_total{${DNS},rcode="SERVFAIL"}[5m])) / sum by (job) (rate(coredns_dns_responses_total{${DNS}}[5m])) > ${share}`,
    for: '10m',
    summary: 'CoreDNS answers {{ $value | humanizePercentage }} of its requests with SERVFAIL.',
    description: 'Pods do not find others, or the world outside. Its log names the names.',
  });
}

function forwardErrors(severity: Severity, threshold: number): PackRule {
  return alert('CoreDNSForwardErrorsHigh', {
    severity,
    threshold,
    unit: 'share',
    expr: (share) => {
      const answers = (matcher: string): string => `sum by (to) (rate(coredns_proxy_request_duration_seconds_count{${DNS},proxy_name="forward"${matcher}}[5m]))`;
      return `${answers(',rcode="SERVFAIL"')} / ${answers('')} > ${share}`;
    },
    for: '10m',
    summary: '{{ $labels.to }} answers {{ $value | humanizePercentage }} of what CoreDNS asks it with SERVFAIL.',
    description: 'Names outside the cluster are asked of it, so pods do not find the world outside.',
  });
}

const rules: readonly PackRule[] = [
  alert('CoreDNSDown', {
    ofAll: 'OnFirstShard',
    severity: 'critical',
    expr: `max by (job) (max_over_time(up{${DNS}}[1d])) == 1 unless on (job) max by (job) (up{${DNS}}) == 1`,
    for: '15m',
    summary: 'No CoreDNS answers any more.',
    description: 'Within the last day some did. Pods find nothing by name.',
  }),
  alert('CoreDNSLatencyHigh', {
    severity: 'warning',
    threshold: 4,
    unit: 'seconds',
    expr: (seconds) => `histogram_quantile(0.99, sum by (job, server, zone, le) (rate(coredns_dns_request_duration_seconds_bucket{${DNS}}[5m]))) > ${seconds}`,
    for: '10m',
    summary: 'CoreDNS takes {{ $value | humanizeDuration }} to answer.',
    description: 'One in a hundred requests to zone {{ $labels.zone }} of {{ $labels.server }} takes longer than that: most clients have given up by then.',
  }),
  errors('critical', 0.03),
  errors('warning', 0.01),
  alert('CoreDNSForwardLatencyHigh', {
    severity: 'warning',
    threshold: 4,
    unit: 'seconds',
    expr: (seconds) => `histogram_quantile(0.99, sum by (to, le) (rate(coredns_proxy_request_duration_seconds_bucket{${DNS},proxy_name="forward"}[5m]))) > ${seconds}`,
    for: '10m',
    summary: '{{ $labels.to }} takes {{ $value | humanizeDuration }} to answer CoreDNS.',
    description: 'One in a hundred requests for names outside the cluster takes longer than that.',
  }),
  forwardErrors('critical', 0.03),
  forwardErrors('warning', 0.01),
  alert('CoreDNSForwardHealthcheckFailureCount', {
    severity: 'info',
    expr: `sum by (to) (rate(coredns_proxy_healthcheck_failures_total{${DNS},proxy_name="forward"}[5m])) > 0`,
    for: '10m',
    summary: 'CoreDNS does not reach {{ $labels.to }}.',
    description: 'Its health checks of that upstream server fail. Names outside the cluster are asked of the others, where there are any.',
  }),
  alert('CoreDNSForwardHealthcheckBrokenCount', {
    severity: 'warning',
    expr: `sum by (job) (rate(coredns_forward_healthcheck_broken_total{${DNS}}[5m])) > 0`,
    for: '10m',
    summary: 'CoreDNS reaches none of its upstream servers.',
    description: 'It asks one at random and hopes. Names outside the cluster are not found, or slowly.',
  }),
];

/** Alerts about the DNS of the cluster. */
export const dns: Pack = { name: 'coredns', needs: ['dns'], rules };
