import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandIo } from './command-io.ts';
import { runProgram } from './program.ts';

const TRANSCRIPTS = join(import.meta.dirname, 'testdata');

interface Ran {
  readonly output: string;
  readonly exitCode: number;
}

/** Runs a command line in this process; stderr's lines are marked, for they have to go elsewhere than stdout's. */
async function run(line: string, directory: string): Promise<Ran> {
  const [commandLine = '', stdin] = line.split(' < ');
  const output: string[] = [];
  const io: CommandIo = {
    stdout: (text) => void output.push(text),
    stderr: (text) => void output.push(text.replace(/^(?=.)/gm, '2> ')),
    readStdin: async () => readFileSync(join(TRANSCRIPTS, stdin ?? 'nothing is piped in'), 'utf8'),
    colour: false,
    signal: AbortSignal.timeout(10_000),
  };
  const args = [...commandLine.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const placed = args.slice(1).map((arg) => arg.replace('DIR', directory).replace(/^files\//, `${TRANSCRIPTS}/files/`));
  const exitCode = await runProgram(placed, io, args[0]);
  return { output: output.join('').replaceAll(`${TRANSCRIPTS}/`, '').replaceAll(directory, 'DIR'), exitCode };
}

/** A transcript holds commands (`$ belfry ...`), what each prints, and its exit code (`[1]`) where it is not 0. */
describe('cli transcripts', () => {
  const files = readdirSync(TRANSCRIPTS).filter((file) => file.endsWith('.txt')).sort();
  const directory = mkdtempSync(join(tmpdir(), 'belfry-cli-'));
  after(() => rmSync(directory, { recursive: true }));

  it('are there', () => expect(files).not.to.be.empty);

  for (const file of files) {
    it(file.replace('.txt', '').replaceAll('-', ' '), async function () {
      this.timeout(10_000);
      const path = join(TRANSCRIPTS, file);
      const wanted = readFileSync(path, 'utf8');
      const commands = wanted.split('\n').filter((line) => line.startsWith('$ '));
      expect(commands).not.to.be.empty;
      let actual = '';
      for (const command of commands) {
        const { output, exitCode } = await run(command.slice(2), directory);
        actual += `${command}\n${output}${exitCode === 0 ? '' : `[${exitCode}]\n`}`;
      }
      if (process.env['UPDATE_GOLDEN']) writeFileSync(path, actual);
      expect(actual).to.equal(process.env['UPDATE_GOLDEN'] ? actual : wanted);
    });
  }
});
