import type { LogSettings } from '../../api/log-settings.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import type { Problem } from '../../api/rejection.ts';

const problem = (path: string, message: string): Problem => ({ path: `spec.logs${path}`, reason: 'Invalid', message });

/** What the collector that was chosen cannot do, and what a stack of one namespace may not. */
export function checkLogs(spec: MonitoringStackSpec, settings: LogSettings): Problem[] {
  return [...(spec.scope === 'Cluster' ? [] : scopeProblems(spec)), ...collectorProblems(settings), ...tlsProblems(settings)];
}

function scopeProblems({ logs = {} }: MonitoringStackSpec): Problem[] {
  return [
    ...(logs.namespaces ? [problem('.namespaces', 'a stack of scope Namespace collects the lines of its own namespace only: remove logs.namespaces, or set scope: Cluster')] : []),
    ...(logs.files ? [problem('.files', 'directories of the nodes hold files of all namespaces, so logs.files needs scope: Cluster: set that, or remove logs.files')] : []),
  ];
}

function collectorProblems(settings: LogSettings): Problem[] {
  const { collector, files, output: { kind, auth, tls } } = settings;
  if (collector === 'OpenTelemetry') return [];
  const volumes = files.flatMap(({ volume }, index) => (volume === undefined ? [] : [{ volume, index }]));
  return [
    ...(collector === 'Fluentd' && kind === 'loki' ? [problem('.output.loki', 'the published images of Fluentd have no output for Loki: set logs.collector to OpenTelemetry or FluentBit')] : []),
    ...(auth?.bearerToken && kind !== 'loki' ? [problem(`.output.${kind}.auth.bearerToken`, `${collector} signs in at ${kind} by name and password only: use auth.basic, or set logs.collector to OpenTelemetry`)] : []),
    ...(collector === 'Fluentd' && tls?.serverName !== undefined ? [problem(`.output.${kind}.tls.serverName`, 'Fluentd expects the name in the URL in the certificate: put it there, or set logs.collector to OpenTelemetry or FluentBit')] : []),
    ...volumes.map(({ volume, index }) => problem(`.files[${index}].volume`, `${collector} cannot tell whose volume "${volume}" is: set logs.collector to OpenTelemetry, or let a sidecar print the file`)),
  ];
}

function tlsProblems({ output: { kind, url, tls } }: LogSettings): Problem[] {
  if (!tls) return [];
  return [
    ...(url.startsWith('http:') ? [problem(`.output.${kind}.tls`, `tls needs an https URL, not ${url}: write https://, or remove tls`)] : []),
    ...((tls.cert === undefined) === (tls.key === undefined) ? [] : [problem(`.output.${kind}.tls`, 'a client certificate needs its key and a key its certificate: set both tls.cert and tls.key')]),
  ];
}
