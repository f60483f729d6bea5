import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from './cli/generated-files.ts';
import { createProgram } from './cli/program.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function pages(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = directory === '.' ? entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) return ['node_modules', 'dist', '.git'].includes(entry.name) ? [] : pages(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

describe('documentation', () => {
  it('holds what its sources say: crds, config, docs/reference', async () => {
    for (const [path, text] of await generatedFiles()) {
      expect(existsSync(join(ROOT, path)), `${path} is missing: make generate`).to.equal(true);
      expect(read(path) === text, `${path} is out of date: make generate`).to.equal(true);
    }
  });

  it('keeps every CRD under 60 KB, so that client-side apply takes it', async () => {
    const crds = [...(await generatedFiles())].filter(([path]) => /^crds\/(?!Kustomization)/.test(path));
    expect(crds).to.have.length(3);
    for (const [path, text] of crds) expect(text.length, path).to.be.lessThan(60_000);
  });

  it('has no link that leads nowhere', () => {
    const dead = pages('.').flatMap((page) =>
      [...read(page).replace(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(dead).to.deep.equal([]);
  });

  it('names only commands and options that there are', () => {
    const program = createProgram('belfry', () => async () => undefined);
    const commands = new Map(program.commands.map((command) => [command.name(), [...program.options, ...command.options].flatMap(({ short, long }) => [short, long])]));
    const unknown = pages('.').flatMap((page) =>
      [...read(page).matchAll(/(?:`|\$ |^|\| |--? |kubectl )belfry(?:\.js)? ([a-z]+)([^`\n|]*)/gm)].flatMap(([text, command = '', rest = '']) => {
        const options = commands.get(command);
        if (!options) return [`${page}: ${text}`];
        return [...rest.matchAll(/(?:^|\s)(--?[a-zA-Z][-a-z]*)/g)].filter(([, option]) => option !== '--help' && !options.includes(option)).map(([, option]) => `${page}: ${command} ${option}`);
      }),
    );
    expect(unknown).to.deep.equal([]);
  });

  it('lists every command in the README', () => {
    const listed = [...read('README.md').matchAll(/^\| `belfry ([a-z]+)/gm)].map(([, command]) => command);
    const program = createProgram('belfry', () => async () => undefined);
    expect(listed).to.have.members(program.commands.map((command) => command.name()).filter((name) => name !== 'version'));
  });

  it('names only targets of make that there are', () => {
    const targets = [...read('Makefile').matchAll(/^([a-z0-9-]+):/gm)].map(([, target]) => target);
    const named = ['README.md', 'CONTRIBUTING.md', 'e2e/README.md'].flatMap((page) => [...read(page).matchAll(/(?:^|`)make ([a-z0-9-]+)/gm)].map(([, target]) => target));
    expect(named).not.to.be.empty;
    expect(named.filter((target) => !targets.includes(target))).to.deep.equal([]);
  });

  describe('design notes', () => {
    const notes = readdirSync(join(ROOT, 'docs/design')).sort();

    it('are numbered without a gap, by file and by title', () => {
      expect(notes.map((file) => file.slice(0, 4))).to.deep.equal(notes.map((_, index) => String(index + 1).padStart(4, '0')));
      for (const file of notes) expect(read(`docs/design/${file}`), file).to.match(new RegExp(`^# ${file.slice(0, 4)} \\S`));
    });

    it('say whether they hold, and where they do not, what does', () => {
      for (const file of notes) {
        const [, status, successor] = /^Status: (accepted|proposed|superseded by (\d{4}))$/m.exec(read(`docs/design/${file}`)) ?? [];
        expect(status, file).not.to.equal(undefined);
        if (successor) expect(notes.some((note) => note.startsWith(successor)), `${file}: ${successor}`).to.equal(true);
      }
    });

    it('begin with an example', () => {
      for (const file of notes) expect(/^## (.*)$/m.exec(read(`docs/design/${file}`))?.[1], file).to.equal('Example');
    });

    it('are all in the index', () => {
      for (const file of notes) expect(read('docs/README.md')).to.include(`(design/${file})`);
    });
  });

  describe('the changelog', () => {
    it('says of each change what kind it is', () => {
      const lines = read('CHANGELOG.md').split('\n').filter((line) => line.startsWith('- '));
      expect(lines).not.to.be.empty;
      for (const line of lines) expect(line).to.match(/^- \[(FEATURE|CHANGE|BUGFIX|ENHANCEMENT|SECURITY)\] [^:]+: \S/);
    });

    it('begins with what is unreleased', () => {
      expect(/^## (.*)$/m.exec(read('CHANGELOG.md'))?.[1]).to.equal('Unreleased');
    });
  });
});
