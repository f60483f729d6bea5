import { expect } from 'chai';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterSettings } from '../../src/api/cluster-settings.ts';
import { PLUGIN_DIRECTORY, pluginConfig, pluginConfigFile } from '../../src/render/exporters/node-problem-detector/plugin-config.ts';
import { expectOk } from '../support/expect-ok.ts';
import { freePorts, startProgram, type Program } from '../support/process.ts';
import { ensureTool } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';

/** Plugins, and the shell that each of them is. */
const PLUGINS: readonly { readonly name: string; readonly condition?: string; readonly reason: string; readonly interval?: string; readonly timeout?: string; readonly shell: string }[] = [
  { name: 'broken', condition: 'BrokenProblem', reason: 'Broken', interval: '1s', timeout: '500ms', shell: 'echo "it is broken"; exit 1' },
  { name: 'well', condition: 'WellProblem', reason: 'Unwell', interval: '1d', shell: 'exit 0' },
  { name: 'told', reason: 'Told', interval: '1s', timeout: '1s', shell: 'echo "once more, $1"; exit 1' },
  { name: 'unsure', condition: 'UnsureProblem', reason: 'Sure', shell: 'exit 2' },
  { name: 'slow', condition: 'SlowProblem', reason: 'Slow', timeout: '200ms', shell: 'exec sleep 60' },
];

// Without an API server: what becomes of the node is in e2e/node.
describe('plugins of node-problem-detector, on the real program', function () {
  this.timeout(60_000);
  let directory: string;
  let detector: Program | undefined;
  let url: string;

  /** The samples of one metric: labels to value. */
  async function samples(name: string): Promise<Record<string, number>> {
    const text = await (await fetch(url)).text();
    return Object.fromEntries([...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))].map(([, labels = '', value]) => [labels.replaceAll('"', ''), Number(value)]));
  }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'belfry-plugins-'));
    const spec = PLUGINS.map(({ shell: _shell, ...plugin }) => ({ ...plugin, args: ['twice'], script: { configMap: { name: 'npd', key: plugin.name } } }));
    const plugins = clusterSettings({ scope: 'Cluster', exporters: { nodeProblemDetector: { plugins: spec } } }).nodeProblemDetector?.plugins ?? [];
    for (const { name, shell } of PLUGINS) {
      await writeFile(join(directory, name), `#!/bin/sh\n${shell}\n`);
      await chmod(join(directory, name), 0o555);
    }
    for (const plugin of plugins) await writeFile(join(directory, pluginConfigFile(plugin)), pluginConfig(plugin).replace(`"${PLUGIN_DIRECTORY}/`, `"${directory}/`));
    const [port] = await freePorts(1);
    url = `http://127.0.0.1:${port}/metrics`;
    const files = plugins.map((plugin) => join(directory, pluginConfigFile(plugin))).join(',');
    detector = await startProgram({
      name: 'npd', logFile: join(directory, 'npd.log'), ready: () => expectOk(url),
      command: [await ensureTool('nodeproblemdetector'), '--enable-k8s-exporter=false', '--hostname-override', 'node', '--prometheus-address', '127.0.0.1', '--prometheus-port', `${port}`, '--port', '0', `--config.custom-plugin-monitor=${files}`],
    });
  });

  after(async () => {
    await detector?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('are counted at each failure without a condition, and once with one', async () => {
    const counter = await waitFor('the third failure', async (seen) => {
      const found = await samples('problem_counter');
      seen(found);
      return (found['reason=Told'] ?? 0) >= 3 ? found : undefined;
    }, { timeoutMs: 30_000, intervalMs: 200 });
    expect(counter).to.include({ 'reason=Broken': 1, 'reason=Unwell': 0, 'reason=Sure': 0, 'reason=Slow': 0 });
  });

  it('set a condition by exit code 1 alone: not by another, nor by taking too long', async () => {
    const gauge = await waitFor('every verdict', async (seen) => {
      const found = await samples('problem_gauge');
      seen(found);
      return ['Well', 'Unsure', 'Slow'].every((name) => `reason=No${name}Problem,type=${name}Problem` in found) ? found : undefined;
    }, { timeoutMs: 30_000, intervalMs: 200 });
    expect(Object.entries(gauge).filter(([, value]) => value !== 0)).to.deep.equal([['reason=Broken,type=BrokenProblem', 1]]);
  });
});
