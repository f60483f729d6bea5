import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const SOURCE = import.meta.dirname;

/** Which folders of src/ the code of a folder may import, beside itself. Everything may import types of `api`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  formats: ['lib'],
  api: ['lib'],
  render: ['lib', 'formats', 'api'],
  diff: ['lib', 'api'],
  status: ['lib', 'api', 'diff'],
  telemetry: ['lib'],
  kube: ['lib', 'api', 'telemetry'],
  reconcile: ['lib', 'formats', 'api', 'render', 'diff', 'status', 'kube', 'telemetry'],
  cli: ['lib', 'formats', 'api', 'render', 'diff', 'status', 'kube', 'reconcile', 'telemetry'],
  testing: ['lib', 'formats', 'api', 'render', 'diff', 'status', 'kube', 'reconcile', 'telemetry', 'cli'],
  '': ['cli'],
};

/** Folders whose functions give the same for the same, and do nothing else. */
const PURE = ['lib', 'formats', 'api', 'render', 'diff', 'status'];

/** Modules of Node that compute and touch nothing. */
const HARMLESS = ['node:crypto', 'node:zlib'];

/** What pure code cannot have: a clock, chance, the process, the network, timers, a console. */
const IMPURE: readonly RegExp[] = [
  /\bnew Date\(\s*\)/, /\bDate\.now\b/, /\bperformance\.now\b/, /\bMath\.random\b/, /\brandom(Bytes|UUID|Int)\b/, /\bprocess\./, /\bconsole\./, /\bfetch\(/,
  /\bset(Timeout|Interval|Immediate)\(/, /\bimport\(/,
];

interface SourceFile {
  /** From src/, with slashes. */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** Code without comments: what a comment says is not done. */
  readonly code: string;
  readonly imports: readonly string[];
}

function sourceFiles(): SourceFile[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path): SourceFile => {
      const text = readFileSync(join(SOURCE, path), 'utf8');
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
      const imports = importsOf(code);
      return { path, folder: path.includes('/') ? path.slice(0, path.indexOf('/')) : '', text, code, imports };
    });
}

/** What code imports, statically or when it gets there. */
function importsOf(code: string): string[] {
  const forms = /(?:^|\s)(?:import|export)\s[^'"`;]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm;
  return [...code.matchAll(forms)].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '');
}

const isTest = ({ path, folder }: SourceFile): boolean => path.endsWith('.test.ts') || path.endsWith('.contract.ts') || folder === 'testing';

/** The folder of src/ that an import of a file leads to; undefined for packages. */
function targetOf(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = normalize(join(dirname(file.path), specifier));
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

describe('architecture', () => {
  const files = sourceFiles();
  const program = files.filter((file) => !isTest(file));

  it('looks at something', () => {
    expect(program.length).to.be.greaterThan(50);
    expect(program.flatMap(({ imports }) => imports).length).to.be.greaterThan(200);
    expect(new Set(program.map(({ folder }) => folder))).to.deep.equal(new Set(Object.keys(MAY_IMPORT).filter((folder) => folder !== 'testing')));
  });

  it('imports point to earlier stages only', () => {
    const forbidden = program.flatMap((file) =>
      file.imports.flatMap((specifier) => {
        const target = targetOf(file, specifier);
        const isOutside = target === '..'; // package.json
        return target === undefined || isOutside || target === file.folder || MAY_IMPORT[file.folder]?.includes(target) ? [] : [`${file.path} imports ${specifier}`];
      }),
    );
    expect(forbidden).to.deep.equal([]);
  });

  it('status takes only types from diff', () => {
    const values = program.filter(({ folder }) => folder === 'status').flatMap(({ path, code }) =>
      [...code.matchAll(/import (?!type )[^;]*from '[./]*diff\/[^']+'/g)].filter(([text]) => !/^import \{\s*(type [^,}]+,?\s*)+\}/.test(text)).map(() => path),
    );
    expect(values).to.deep.equal([]);
  });

  it('nothing but tests imports testing', () => {
    expect(program.filter((file) => file.imports.some((specifier) => targetOf(file, specifier) === 'testing')).map(({ path }) => path)).to.deep.equal([]);
  });

  it('pure folders import no module of Node that does something', () => {
    const found = program
      .filter(({ folder }) => PURE.includes(folder))
      .flatMap(({ path, imports }) => imports.filter((specifier) => specifier.startsWith('node:') && !HARMLESS.includes(specifier)).map((specifier) => `${path}: ${specifier}`));
    expect(found).to.deep.equal([]);
  });

  it('pure folders see no clock, no chance, no process and no log', () => {
    const found = program
      .filter(({ folder }) => PURE.includes(folder))
      .flatMap(({ path, code }) => IMPURE.filter((word) => word.test(code)).map((word) => `${path}: ${word.source}`));
    expect(found).to.deep.equal([]);
  });

  it('only main ends the process', () => {
    expect(program.filter(({ code }) => /\bprocess\.exit\b/.test(code)).map(({ path }) => path)).to.deep.equal(['main.ts']);
  });

  it('there are no barrels and no files called after nothing in particular', () => {
    const names = /(^|\/)(index|utils?|helpers?|common|types|misc|constants)\.ts$/;
    expect(files.filter(({ path }) => names.test(path)).map(({ path }) => path)).to.deep.equal([]);
  });

  it('file names are kebab-case', () => {
    expect(files.filter(({ path }) => !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.test|\.contract)?\.ts$/.test(path)).map(({ path }) => path)).to.deep.equal([]);
  });

  it('sources are ASCII, but for the lines of a drawing', () => {
    expect(files.filter(({ text }) => /[^\n\r\t\x20-\x7e\u2500-\u25ff]/.test(text)).map(({ path }) => path)).to.deep.equal([]);
  });

  it('finds what it is to find', () => {
    const sample = "import { a } from '../kube/client.ts';\nimport {\n  b,\n} from '../x/y.ts';\nconst c = await import('./z.ts');\nexport { d } from './d.ts';\nimport './e.ts';\n";
    expect(importsOf(sample)).to.deep.equal(['../kube/client.ts', '../x/y.ts', './z.ts', './d.ts', './e.ts']);
    for (const line of ['new Date()', 'Math.random()', 'process.env', 'setTimeout(f, 1)', 'console.log(1)']) expect(IMPURE.some((word) => word.test(line)), line).to.equal(true);
  });
});
