import { rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/*
 * `npm run build`: the whole program, as dist/belfry.js and what each command needs beside it in dist/parts. Most of what it
 * takes to start is reading code and loading Node's own modules, so what no command uses stays out, and what only some use
 * loads when one does.
 */

const source = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Imports that stand for something smaller in the bundle: see the files. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/^(gaxios|@kubernetes\/client-node)$/, source('kube/frame-dependencies.ts')],
  // client-node's config.js: only for requests that it would make itself.
  [/^(undici|[./]*gen\/index[.]js)$/, source('kube/unused-requests.ts')],
];

const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve }) {
    for (const [filter, path] of STAND_INS) onResolve({ filter }, () => ({ path }));
  },
};

const builtins = new Set(builtinModules);

/**
 * An import statement loads a module of Node at the start, used or not (and node:http loads a whole HTTP client with it);
 * as a require within its own module it loads when the first module that imports it does.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z:_/]+$/ }, ({ path, kind, namespace }) => {
      if (!builtins.has(path.replace(/^node:/, ''))) return undefined;
      return kind === 'import-statement' && namespace !== 'builtin' ? { path, namespace: 'builtin' } : { path, external: true };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = require(${JSON.stringify(path)})` }));
  },
};

/**
 * The index files of Grafana's SDK name builders for every form of dashboard; ours are classic ones, which these have no part
 * in, and they bring the whole of two more forms with them (0.5 MB).
 */
const unusedBuilders: Plugin = {
  name: 'unused-builders',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/(visualization|query)(V2)?Builder\.gen$/ }, ({ importer }) => (importer.includes('grafana-foundation-sdk') ? { path: 'none', namespace: 'unused-builder' } : undefined));
    onLoad({ filter: /.*/, namespace: 'unused-builder' }, () => ({ contents: 'module.exports = {}' }));
  },
};

const OUTPUT = 'dist';

await rm(OUTPUT, { recursive: true, force: true });
await build({
  entryPoints: [source('main.ts')],
  outdir: OUTPUT,
  entryNames: 'belfry',
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Names and lines stay: a stack trace in somebody's bug report has to mean something.
  minifySyntax: true,
  legalComments: 'eof',
  logLevel: 'warning',
  banner: { js: "import { createRequire as belfryRequire } from 'node:module'; const require = belfryRequire(import.meta.url);" },
  plugins: [standIns, unusedBuilders, lazyBuiltins],
});
