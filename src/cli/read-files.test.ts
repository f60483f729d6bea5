import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from './command-io.ts';
import { manifestsOf, readFiles } from './read-files.ts';

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

describe('cli/read-files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'belfry-read-'));
  after(() => rmSync(directory, { recursive: true }));
  const noStdin = { readStdin: () => Promise.reject(new Error('not asked for')) };

  it('reads folders all the way down, by name, and only what is YAML or JSON', async () => {
    for (const folder of ['b', '.hidden', 'node_modules']) mkdirSync(join(directory, folder));
    writeFileSync(join(directory, 'z.yaml'), configMap('z'));
    writeFileSync(join(directory, 'a.json'), JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }));
    writeFileSync(join(directory, 'b', 'b.yml'), configMap('b'));
    for (const path of ['README.md', '.hidden/x.yaml', 'node_modules/x.yaml']) writeFileSync(join(directory, path), configMap('x'));
    const { manifests, problems } = await readFiles([directory], noStdin);
    expect(manifests.map(({ object }) => object.metadata.name)).to.deep.equal(['a', 'b', 'z']);
    expect(problems).to.deep.equal([]);
  });

  it('reads standard input where it is asked to', async () => {
    const { manifests } = await readFiles(['-'], { readStdin: async () => configMap('piped') });
    expect(manifests.map(({ file, object }) => `${file} ${object.metadata.name}`)).to.deep.equal(['stdin piped']);
  });

  it('takes a List apart, and knows the line of each item', () => {
    const { manifests } = manifestsOf('f', `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: a\n  - {apiVersion: v1, kind: Secret, metadata: {name: b}}\n`);
    expect(manifests.map(({ object, line }) => `${line} ${object.kind}`)).to.deep.equal(['4 ConfigMap', '8 Secret']);
    expect(manifests[0]?.lineOf('metadata.name')).to.equal(7);
  });

  it('names what is no Kubernetes object, and goes on', () => {
    const { manifests, problems } = manifestsOf('f', `a: 1\n---\n${configMap('c')}---\n- 1\n`);
    expect(manifests).to.have.length(1);
    expect(problems.map(({ line, kind }) => `${line} ${kind}`)).to.deep.equal(['1 NotAnObject', '7 NotAnObject']);
  });

  it('says which path cannot be read', async () => {
    const error = await readFiles([join(directory, 'nowhere')], noStdin).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(CommandError).and.have.property('message').that.matches(/cannot read .*nowhere: there is no such file/);
  });
});
