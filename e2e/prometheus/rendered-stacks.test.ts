import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LABEL_PART, PART_ALERTMANAGER_CONFIG, PART_PROMETHEUS_CONFIG } from '../../src/api/group.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { renderStack } from '../../src/render/render-stack.ts';
import type { StackInput } from '../../src/render/stack-input.ts';
import { stackCases, stackInput } from '../../src/testing/stack-case.ts';
import { expectOk } from '../support/expect-ok.ts';
import { runCommand } from '../support/kubectl.ts';
import { freePorts, startProgram } from '../support/process.ts';
import { ensureTool } from '../support/tools.ts';

const CASES = stackCases(join(import.meta.dirname, '../../src/render/testdata'));
/** The oldest release that we write for, the last of 2.x, one with auto-reload behind a feature flag, and the newest. */
const RELEASES = ['v2.45.6', 'v2.55.1', 'v3.5.1', 'v3.15.0'];

interface Workload {
  readonly template: { readonly spec: { readonly containers: readonly { readonly name: string; readonly args?: readonly string[] }[] } };
}

function withVersion(input: StackInput, version: string): StackInput {
  const { stack } = input;
  return { ...input, stack: { ...stack, spec: { ...stack.spec, prometheus: { ...stack.spec.prometheus, version } } } };
}

/** Files as a pod of the first shard would see them: Prometheus' below prometheus/, those of others below their component's name. */
function filesOf(objects: readonly KubeObject[]): Record<string, string> {
  const files: Record<string, string> = { 'prometheus/serviceaccount/token': 'token', 'prometheus/serviceaccount/ca.crt': '' };
  for (const { kind, metadata, data = {} } of objects) {
    const part = metadata.labels?.[LABEL_PART];
    const isFirst = ['0', undefined].includes(metadata.labels?.['belfry.dev/shard']);
    for (const [key, value] of Object.entries(data as Record<string, string>)) {
      const text = kind === 'Secret' ? Buffer.from(value, 'base64').toString('utf8') : value;
      if (part === PART_PROMETHEUS_CONFIG && isFirst) files[`prometheus/${key}`] = text;
      else if (metadata.name.endsWith('-credentials')) files[`prometheus/credentials/${key}`] = text;
      else if (part === PART_ALERTMANAGER_CONFIG) files[`alertmanager/${key}`] = text;
      else if (key === 'blackbox.yml') files[`blackbox/${key}`] = text;
    }
  }
  return files;
}

function argsOf(objects: readonly KubeObject[], container: string): string[] {
  const found = objects.flatMap(({ spec }) => ((spec ?? {}) as Partial<Workload>).template?.spec.containers ?? []).find(({ name }) => name === container);
  if (!found) throw new Error(`no container ${container}`);
  return [...(found.args ?? [])];
}

async function inDirectory<T>(files: Readonly<Record<string, string>>, use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-stack-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the pod has in its environment, for the external label that tells replicas apart. */
const POD = { POD_NAME: 'prometheus-cluster-0' };

describe('rendered stacks and the real programs', function () {
  this.timeout(120_000);

  for (const release of RELEASES) {
    it(`promtool ${release} accepts the whole config of every stack, with all files that it names`, async () => {
      const promtool = await ensureTool(`promtool@${release}`);
      for (const { name, input } of CASES) {
        const { objects } = renderStack(withVersion(input, release));
        await inDirectory(filesOf(objects), async (directory) => {
          const agent = input.stack.spec.prometheus?.mode === 'Agent' ? ['--agent'] : [];
          const { code, stdout, stderr } = await runCommand([promtool, 'check', 'config', ...agent, join(directory, 'prometheus/prometheus.yml')], { env: POD });
          expect({ code, stderr, stdout: code === 0 ? '' : stdout }, name).to.deep.equal({ code: 0, stderr: '', stdout: '' });
        });
      }
    });

    for (const mode of ['Server', 'Agent'] as const) {
      it(`Prometheus ${release} starts as ${mode} with the rendered flags`, async () => {
        const prometheus = { version: release, mode, retention: { time: '20d', size: '1GB' }, externalUrl: 'https://example.test/prometheus' };
        const { objects } = renderStack(stackInput({ spec: { prometheus } }));
        const [port = 0] = await freePorts(1);
        const command = await ensureTool(`prometheus@${release}`);
        await inDirectory(filesOf(objects), async (directory) => {
          const args = argsOf(objects, 'prometheus').map((arg) =>
            arg.replace('=/etc/prometheus/config', `=${directory}/prometheus`).replace(/=\/prometheus$/, `=${directory}/data`).replace('=:9090', `=127.0.0.1:${port}`),
          );
          const program = await startProgram({
            name: 'prometheus', command: [command, ...args], logFile: join(directory, 'log'), ready: () => expectOk(`http://127.0.0.1:${port}/-/ready`),
          });
          try {
            await expectOk(`http://127.0.0.1:${port}/-/reload`, { method: 'POST' });
            const flags = (await (await fetch(`http://127.0.0.1:${port}/api/v1/status/flags`)).json()) as { data: Record<string, string> };
            expect(flags.data['scrape.discovery-reload-interval']).to.equal('1s');
            if (release === 'v3.15.0') expect(flags.data['config.auto-reload']).to.equal('true');
            if (release === 'v3.5.1') expect(flags.data['enable-feature']).to.contain('auto-reload-config');
          } finally {
            await program.stop();
          }
        });
      });
    }
  }

  it('Alertmanager starts with the rendered flags, alone and with others', async () => {
    const command = await ensureTool('alertmanager');
    for (const replicas of [1, 3]) {
      const { objects } = renderStack(stackInput({ spec: { alertmanager: { replicas, retention: '10d', externalUrl: 'https://example.test/am' } } }));
      const [port = 0, mesh = 0] = await freePorts(2);
      await inDirectory(filesOf(objects), async (directory) => {
        const args = argsOf(objects, 'alertmanager').map((arg) =>
          arg.replace('=/etc/alertmanager/config', `=${directory}/alertmanager`).replace('=/alertmanager', `=${directory}/data`)
            .replace('=:9093', `=127.0.0.1:${port}`).replace('[$(POD_IP)]:9094', `[127.0.0.1]:${mesh}`),
        );
        const settle = replicas > 1 ? ['--cluster.settle-timeout=1s', '--cluster.peers-resolve-timeout=1s'] : [];
        const program = await startProgram({
          name: 'alertmanager', command: [command, ...args, ...settle], logFile: join(directory, 'log'), ready: () => expectOk(`http://127.0.0.1:${port}/-/ready`),
        });
        await program.stop();
      });
    }
  });

  it('the blackbox exporter takes its modules', async () => {
    const command = await ensureTool('blackbox_exporter');
    for (const { name, input } of CASES) {
      const files = filesOf(renderStack(input).objects);
      if (!files['blackbox/blackbox.yml']) continue;
      await inDirectory(files, async (directory) => {
        const { code, stderr } = await runCommand([command, '--config.check', `--config.file=${directory}/blackbox/blackbox.yml`]);
        expect(code, `${name}: ${stderr}`).to.equal(0);
      });
    }
  });

  it('the node exporter starts with the rendered flags, and reports what the dashboard and the rules ask for', async () => {
    const command = await ensureTool('node_exporter');
    const [port = 0] = await freePorts(1);
    const { objects } = renderStack(stackInput({ spec: { scope: 'Cluster', exporters: { node: { port, systemd: {} } } } }));
    const args = argsOf(objects, 'node-exporter').map((arg) => arg.replace('=/host/root/', '=/').replace('=/host/root', '=/').replace('=/host/', '=/'));
    await inDirectory({}, async (directory) => {
      const program = await startProgram({
        name: 'node_exporter', command: [command, ...args], logFile: join(directory, 'log'), ready: () => expectOk(`http://127.0.0.1:${port}/`),
      });
      try {
        const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        for (const metric of ['node_cpu_seconds_total', 'node_memory_MemAvailable_bytes', 'node_uname_info', 'node_boot_time_seconds', 'node_load1', 'node_timex_offset_seconds']) {
          expect(metrics).to.match(new RegExp(`^${metric}[ {]`, 'm'));
        }
        expect(metrics).to.match(/^node_scrape_collector_success\{collector="systemd"\}/m);
        expect(metrics).not.to.match(/^node_scrape_collector_success\{collector="wifi"\}/m);
      } finally {
        await program.stop();
      }
    });
  });
});
