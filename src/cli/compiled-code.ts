import { enableCompileCache } from 'node:module';
import { isAbsolute, join } from 'node:path';

/**
 * Lets Node keep the compiled form of the code that is loaded from here on, so that the next call need not compile it again
 * (https://nodejs.org/api/module.html#module-compile-cache). It lies in the user's own folder and never in a shared one, where
 * others could leave code for us; without such a folder nothing is kept. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
export function keepCompiledCode({ XDG_CACHE_HOME: cache, HOME: home }: Readonly<Record<string, string | undefined>>): void {
  // https://specifications.freedesktop.org/basedir-spec: a relative path is invalid and is ignored.
  const base = cache !== undefined && isAbsolute(cache) ? cache : home && join(home, '.cache');
  if (base) enableCompileCache(join(base, 'belfry', 'compiled'));
}
