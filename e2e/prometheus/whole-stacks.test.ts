import { expect } from 'chai';
import fc from 'fast-check';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stackSettings } from '../../src/api/defaults.ts';
import { LABEL_PART, LABEL_SHARD, PART_PROMETHEUS_CONFIG } from '../../src/api/group.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { prometheusCredentialsSecret } from '../../src/render/names.ts';
import { renderStack } from '../../src/render/render-stack.ts';
import { stackInputs } from '../../src/testing/stack-input-arbitrary.ts';
import { runCommand } from '../support/kubectl.ts';
import { ensureTool } from '../support/tools.ts';
import { checkAlertmanagerConfigs } from './amtool.ts';

const COUNT = Number(process.env['STACKS'] ?? 200);
const SEED = Number(process.env['STACKS_SEED'] ?? 20261121);
/** Configs that one promtool call judges. */
const BATCH = 50;

/** Prometheus' files as a pod of the first shard would see them. */
function prometheusFiles(objects: readonly KubeObject[]): Map<string, string> {
  // The kubelet puts this one there, and the name of the pod into the environment.
  const files = new Map([['serviceaccount/token', 'a-token']]);
  const credentials = prometheusCredentialsSecret({ namespace: 'shop', name: 'shop' });
  for (const { kind, metadata, data = {} } of objects) {
    const isConfig = metadata.labels?.[LABEL_PART] === PART_PROMETHEUS_CONFIG && (metadata.labels[LABEL_SHARD] ?? '0') === '0';
    for (const [key, value] of Object.entries(data as Record<string, string>)) {
      if (isConfig) files.set(key, value);
      if (kind === 'Secret' && metadata.name === credentials) files.set(`credentials/${key}`, Buffer.from(value, 'base64').toString('utf8'));
    }
  }
  return files;
}

describe('whole stacks with whatever users write', function () {
  this.timeout(240_000);
  const rendered = fc.sample(stackInputs, { numRuns: COUNT, seed: SEED }).map((input) => ({ input, ...renderStack(input) }));

  it(`are many and mixed (${COUNT} stacks, seed ${SEED})`, () => {
    const targets = rendered.flatMap(({ input, jobs }) => input.targets.map(({ target }) => ({ kind: Object.keys(target.spec)[0], isIn: jobs.has(`ScrapeTarget/${target.metadata.namespace}/${target.metadata.name}`) })));
    expect(new Set(targets.filter(({ isIn }) => isIn).map(({ kind }) => kind))).to.have.all.keys('dns', 'http', 'ingress', 'node', 'pod', 'probe', 'service', 'static');
    expect(targets.filter(({ isIn }) => !isIn).length, 'rejected').to.be.greaterThan(COUNT);
    expect(rendered.every(({ objects }) => objects.length > 0)).to.equal(true);
  });

  it('promtool of their release takes the whole of each config, with all files that it names', async () => {
    const groups = Map.groupBy(rendered, ({ input }) => stackSettings(input.stack).prometheus.version);
    expect(groups.size).to.be.greaterThan(2);
    for (const [version, stacks] of groups) {
      const promtool = await ensureTool(`promtool@${version}`);
      for (let at = 0; at < stacks.length; at += BATCH) {
        const dir = await mkdtemp(join(tmpdir(), 'belfry-whole-'));
        try {
          const configs = await Promise.all(stacks.slice(at, at + BATCH).map(({ objects }, index) => writeAll(join(dir, String(index)), prometheusFiles(objects))));
          const { code, stdout, stderr } = await runCommand(['env', 'POD_NAME=prometheus-shop-0', promtool, 'check', 'config', '--lint=none', ...configs]);
          const failures = `${stdout}${stderr}`.split(/^Checking /m).filter((part) => part.includes('FAILED'));
          expect(failures.slice(0, 3).join('\n'), version).to.equal('');
          expect({ code, stderr }, version).to.deep.equal({ code: 0, stderr: '' });
        } finally {
          await rm(dir, { recursive: true, force: true });
        }
      }
    }
  });

  it('amtool takes each config of Alertmanager', async () => {
    const configs = rendered.flatMap(({ alertmanagerConfig }) => alertmanagerConfig ?? []);
    const { errors } = await checkAlertmanagerConfigs(configs);
    expect(errors.flatMap((error, index) => (error === undefined ? [] : [`${error}\n${configs[index]}`])).slice(0, 2)).to.deep.equal([]);
    expect(configs.length).to.be.greaterThan(COUNT / 2);
  });
});

async function writeAll(dir: string, files: ReadonlyMap<string, string>): Promise<string> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return join(dir, 'prometheus.yml');
}
