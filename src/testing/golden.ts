import { expect } from 'chai';
import { dump, load } from 'js-yaml';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const INPUT = '.in.yaml';

/**
 * Declares one test for each `<case>.in.yaml` in `directory`: what `compute` makes of it, as YAML, must be the bytes of
 * `<case>.out.yaml`. UPDATE_GOLDEN=1 writes the outputs instead of comparing. Call it inside `describe`.
 */
export function golden<T>(directory: string, compute: (input: T) => unknown): void {
  goldenText<T>(directory, 'yaml', (input) => dump(compute(input), { lineWidth: -1, noRefs: true }));
}

/** As `golden`, for functions that make text: compares with `<case>.out.<extension>`, byte for byte. */
export function goldenText<T>(directory: string, extension: string, compute: (input: T) => string): void {
  const cases = readdirSync(directory)
    .filter((file) => file.endsWith(INPUT))
    .map((file) => file.slice(0, -INPUT.length))
    .sort();
  if (cases.length === 0) throw new Error(`no ${INPUT} files in ${directory}: these tests would test nothing`);

  for (const name of cases) {
    it(name.replaceAll('-', ' '), () => {
      const input = load(readFileSync(`${directory}/${name}${INPUT}`, 'utf8')) as T;
      compareWithFile(`${directory}/${name}.out.${extension}`, compute(input));
    });
  }
}

/** Compares text with a file, or writes the file under UPDATE_GOLDEN=1; for goldens that do not come in pairs. */
export function compareWithFile(path: string, actual: string): void {
  if (process.env['UPDATE_GOLDEN']) {
    writeFileSync(path, actual);
    return;
  }
  expect(existsSync(path), `${path} is missing: run with UPDATE_GOLDEN=1 and review what it writes`).to.equal(true);
  expect(actual).to.equal(readFileSync(path, 'utf8'));
}
