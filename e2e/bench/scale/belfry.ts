/** Belfry as users run it: the bundle, as a process. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API_VERSION, LABEL_PART, PART_PROMETHEUS_CONFIG } from '../../../src/api/group.ts';
import { PROCESS_ENV } from '../../../src/cli/install-defaults.ts';
import { resourceType } from '../../../src/kube/resource-types.ts';
import { expectOk } from '../../support/expect-ok.ts';
import { runCommand } from '../../support/kubectl.ts';
import { count, HOME, placeOf, type Contender } from './contender.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What to run, other than what `npm run build` made. */
export interface BelfryOptions {
  /** Arguments for Node.js in front, like --cpu-prof. */
  readonly nodeArgs?: readonly string[];
  /** Another build of the bundle, to compare two of them. */
  readonly bundle?: string;
}

/** Belfry from this checkout. */
export async function belfry({ nodeArgs = [], bundle = join(ROOT, 'dist/belfry.js') }: BelfryOptions = {}): Promise<Contender> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return {
    name: 'belfry',
    version: `v${version}`,
    user: 'belfry',
    crds: async () => (await runCommand([process.execPath, bundle, 'install', '--crds-only'])).stdout,
    stack: () => ({
      apiVersion: API_VERSION, kind: 'MonitoringStack', metadata: { name: 'scale', namespace: HOME },
      // The other operator runs no Alertmanager here either.
      spec: { scope: 'Cluster', alertmanager: { enabled: false } },
    }),
    command: ({ kubeconfig, port }) => Promise.resolve({
      command: [process.execPath, ...nodeArgs, bundle, 'run', '--kubeconfig', kubeconfig, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${port}`, '--leader-elect=false'],
      env: PROCESS_ENV,
    }),
    ready: (port) => expectOk(`http://127.0.0.1:${port}/healthz`),
    target: (index, mark) => ({
      apiVersion: API_VERSION, kind: 'ScrapeTarget', metadata: placeOf(index),
      spec: {
        service: { matchLabels: { app: placeOf(index).name } },
        endpoints: [{
          port: 'metrics', path: '/metrics', interval: '30s',
          relabel: [{ sourceLabels: ['__meta_kubernetes_pod_label_tier'], targetLabel: 'tier' }, { targetLabel: 'revision', replacement: mark }],
          metricRelabel: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'go_gc_.*' }],
        }],
      },
    }),
    config: { type: resourceType('v1', 'ConfigMap'), options: { namespace: HOME, labelSelector: `${LABEL_PART}=${PART_PROMETHEUS_CONFIG}` } },
    configText: (object) => Object.values((object['data'] ?? {}) as Record<string, string>).join('\n'),
    jobsIn: (text) => count(text, 'job_name: scrapetarget/'),
  };
}
