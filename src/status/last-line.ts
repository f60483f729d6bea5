/** What a program says at the very end is why it ended; before that it tells of its flags and its start. */
export function lastLine(log: string): string {
  return log.trim().split('\n').at(-1) ?? '';
}
