import type { Logger } from './log.ts';

/** A logger that says nothing: for the command line and for tests, without loading winston. */
export const silentLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
