import { alert, type PackRule, type Severity } from './alert.ts';
import { API_SERVER } from './jobs.ts';
import type { Pack } from './pack.ts';

const VERBS = { read: 'verb=~"LIST|GET"', write: 'verb=~"POST|PUT|PATCH|DELETE"' } as const;
type Access = keyof typeof VERBS;

// These last as long as whoever asked wants.
const SHORT = 'subresource!~"proxy|attach|log|exec|portforward"';

/** How slow a request may be, in seconds: the service level objectives of Kubernetes (SIG Scalability). */
const MAY_TAKE: Readonly<Record<Access, readonly { readonly scope?: string; readonly seconds: number }[]>> = {
  read: [{ scope: 'scope=~"resource|"', seconds: 1 }, { scope: 'scope="namespace"', seconds: 5 }, { scope: 'scope="cluster"', seconds: 30 }],
  write: [{ seconds: 1 }],
};

const slo = (metric: string, access: Access, ...matchers: string[]): string =>
  `sum(rate(apiserver_request_sli_duration_seconds_${metric}{${[API_SERVER, VERBS[access], SHORT, ...matchers].join(',')}}[5m]))`;

/** Requests a second that were slow or failed. A slow failure counts twice, which only makes it worse sooner. */
function bad(access: Access): string {
  // Prometheus 2 keeps le="1" as it is exposed, Prometheus 3 writes le="1.0".
  const inTime = MAY_TAKE[access].map(({ scope, seconds }) => `(${slo('bucket', access, ...(scope === undefined ? [] : [scope]), `le=~"${seconds}([.]0)?"`)} or vector(0))`);
  const failed = `(sum(rate(apiserver_request_total{${API_SERVER},${VERBS[access]},code=~"5.."}[5m])) or vector(0))`;
  return `(${slo('count', access)} - ${inTime.join(' - ')}) + ${failed}`;
}

/** The windows of the alerts; the long ones are evaluated less often. */
const WINDOWS = { short: ['30m', '1h', '2h'], long: ['6h', '1d', '3d'] } as const;

const base: readonly PackRule[] = (['read', 'write'] as const).flatMap((verb): PackRule[] => [
  { record: 'apiserver_request:bad:rate5m', expr: bad(verb), labels: { verb } },
  { record: 'apiserver_request:all:rate5m', expr: slo('count', verb), labels: { verb } },
]);

// Sums of the records above, not rates of thousands of buckets over days.
const burnRate = (window: string): PackRule => ({
  record: `apiserver_request:burnrate${window}`,
  expr: `sum_over_time(apiserver_request:bad:rate5m[${window}]) / sum_over_time(apiserver_request:all:rate5m[${window}])`,
});

interface Burn {
  readonly severity: Severity;
  readonly long: string;
  readonly short: string;
  /** How many times faster than allowed. */
  readonly factor: number;
  readonly for: string;
  readonly left: string;
}

// Google's SRE Workbook, chapter 5: 2 % of a month's budget in an hour, 5 % in six, 10 % in one or three days.
const BURNS: readonly Burn[] = [
  { severity: 'critical', long: '1h', short: '5m', factor: 14.4, for: '2m', left: 'two days' },
  { severity: 'critical', long: '6h', short: '30m', factor: 6, for: '15m', left: 'five days' },
  { severity: 'warning', long: '1d', short: '2h', factor: 3, for: '1h', left: 'ten days' },
  { severity: 'warning', long: '3d', short: '6h', factor: 1, for: '3h', left: 'thirty days' },
];

const burns: readonly PackRule[] = BURNS.map(({ severity, long, short, factor, for: hold, left }) =>
  alert('KubeAPIErrorBudgetBurn', {
    severity,
    labels: { long, short },
    threshold: 0.01,
    unit: 'share',
    expr: (budget) => `apiserver_request:burnrate${long} > ${factor} * ${budget} and apiserver_request:burnrate${short} > ${factor} * ${budget}`,
    for: hold,
    summary: `{{ $value | humanizePercentage }} of the {{ $labels.verb }} requests to the API server failed or were slow over ${long}.`,
    description: `At this pace the errors that a month may have are used up in ${left}. By resource and client: the runbook has the queries.`,
  }),
);

const DAY = 24 * 3600;

function clientCertificate(severity: Severity, seconds: number): PackRule {
  const buckets = `sum by (job, le) (rate(apiserver_client_certificate_expiration_seconds_bucket{${API_SERVER}}[5m]))`;
  return alert('KubeClientCertificateExpiration', {
    severity,
    threshold: seconds,
    unit: 'seconds',
    expr: (limit) => `histogram_quantile(0.01, ${buckets}) < ${limit} and on (job) sum by (job) (rate(apiserver_client_certificate_expiration_seconds_count{${API_SERVER}}[5m])) > 0`,
    for: '5m',
    summary: 'Somebody signs in to the API server with a certificate that expires in less than {{ $value | humanizeDuration }}.',
    description: 'Once it has expired that client is refused. The audit log of the API server names clients; on nodes of the control plane kubeadm certs check-expiration lists most.',
  });
}

const METRICS_APIS = 'v1beta1.metrics.k8s.io|v1beta1.custom.metrics.k8s.io|v1beta2.custom.metrics.k8s.io|v1beta1.external.metrics.k8s.io';
const unavailable = (matcher: string): string => `max by (name) (max_over_time(aggregator_unavailable_apiservice{${API_SERVER},${matcher}}[5m])) == 1`;

const rules: readonly PackRule[] = [
  alert('KubeAPIDown', {
    ofAll: 'OnFirstShard',
    severity: 'critical',
    expr: `absent(up{${API_SERVER}} == 1)`,
    for: '5m',
    summary: 'No API server answers.',
    description: 'For five minutes none could be scraped. Running pods go on, but nothing is started, moved or mended.',
  }),
  clientCertificate('warning', 7 * DAY),
  clientCertificate('critical', DAY),
  alert('KubeMetricsAPIDown', {
    severity: 'warning',
    expr: unavailable(`name=~"${METRICS_APIS}"`),
    for: '10m',
    summary: 'The metrics API {{ $labels.name }} does not answer.',
    description: 'Autoscalers that ask it keep the replicas that they have, and kubectl top fails. metrics-server or prometheus-adapter stands behind it.',
  }),
  alert('KubeAggregatedAPIDown', {
    severity: 'warning',
    expr: unavailable(`name!~"${METRICS_APIS}"`),
    for: '10m',
    summary: 'The aggregated API {{ $labels.name }} does not answer.',
    description: 'Requests for its resources fail, and deletion of any namespace waits for it.',
  }),
  alert('KubeAggregatedAPIErrors', {
    severity: 'warning',
    threshold: 4,
    unit: 'times',
    expr: (times) => `sum by (name, reason) (increase(aggregator_unavailable_apiservice_total{${API_SERVER}}[15m])) > ${times}`,
    for: '10m',
    summary: 'The aggregated API {{ $labels.name }} comes and goes ({{ $labels.reason }}).',
    description: 'It became unavailable {{ $value | printf "%.0f" }} times within a quarter of an hour.',
  }),
  alert('KubeAPITerminatedRequests', {
    severity: 'warning',
    threshold: 0.2,
    unit: 'share',
    expr: (share) => {
      const terminated = `sum by (job) (rate(apiserver_request_terminations_total{${API_SERVER}}[10m]))`;
      return `${terminated} / (sum by (job) (rate(apiserver_request_total{${API_SERVER}}[10m])) + ${terminated}) > ${share}`;
    },
    for: '5m',
    summary: 'The API server cuts off {{ $value | humanizePercentage }} of its requests.',
    description: 'It protects itself from more than it can do. Usually one client asks for too much.',
  }),
];

/** Rates that the burn rates are made of, and those over short windows. */
export const apiServerRates: Pack = {
  name: 'apiserver-rates',
  needs: ['apiServer'],
  rules: [...base, { record: 'apiserver_request:burnrate5m', expr: 'apiserver_request:bad:rate5m / apiserver_request:all:rate5m' }, ...WINDOWS.short.map(burnRate)],
};

/** Burn rates over long windows, which change slowly. */
export const apiServerLongRates: Pack = { name: 'apiserver-long-rates', needs: ['apiServer'], interval: '3m', rules: WINDOWS.long.map(burnRate) };

/** Alerts about the API server and what is aggregated behind it. */
export const apiServer: Pack = { name: 'apiserver', needs: ['apiServer'], rules: [...burns, ...rules] };
