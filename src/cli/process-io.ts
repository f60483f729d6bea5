import { text } from 'node:stream/consumers';
import type { CommandIo } from './command-io.ts';

/** The real process as commands see it. `args` are looked at for --no-color alone. */
export function processIo(args: readonly string[]): CommandIo {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveOnClosedPipe);
  let signal: AbortSignal | undefined;
  return {
    stdout: (output) => void process.stdout.write(output),
    stderr: (output) => void process.stderr.write(output),
    readStdin: () => text(process.stdin),
    colour: wantsColour(args),
    get signal() {
      // Only a command that asks for it takes ^C over: all others end at once, as everybody expects.
      return (signal ??= untilInterrupted());
    },
  };
}

// https://no-color.org: set and not empty, whatever its value.
function wantsColour(args: readonly string[]): boolean {
  return process.stdout.isTTY && !args.includes('--no-color') && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

// `belfry render | head` closes the pipe: there is nobody left to tell.
function leaveOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
