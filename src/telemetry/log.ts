import winston from 'winston';

/** What a log line carries beside its constant message. Never a secret, never an object's body. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A logger: constant message, varying fields. There are three levels on purpose. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** An `error` among the fields is written with its stack, kind, request and causes. */
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry these fields as well. */
  child(fields: LogFields): Logger;
}

export type LogLevel = 'debug' | 'info' | 'error';

/**
 * An Error as plain fields: JSON.stringify would make it `{}`. A KubeError tells by its kind and request what happened
 * outside; only for our own bugs does the stack say more.
 */
function describeError(error: Error): LogFields {
  const { name, message, stack, cause, ...rest } = error as Error & LogFields;
  if (name === 'KubeError') return { name, message, ...rest, ...(cause instanceof Error ? { cause: cause.message } : {}) };
  return { name, message, ...rest, stack, ...(cause instanceof Error ? { cause: describeError(cause) } : {}) };
}

function plainFields(fields: LogFields | undefined): LogFields {
  if (!fields) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? describeError(value) : value]),
  );
}

function wrap(target: winston.Logger, base: LogFields): Logger {
  const write = (level: LogLevel, message: string, fields?: LogFields): void => {
    // Asked first: a debug line that nobody sees must not cost its fields.
    if (target.isLevelEnabled(level)) target.log(level, message, { ...base, ...plainFields(fields) });
  };
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    error: (message, fields) => write('error', message, fields),
    child: (fields) => wrap(target, { ...base, ...plainFields(fields) }),
  };
}

/** A logger that writes one JSON object a line, to stderr unless told otherwise. */
export function createLog(options: { readonly level?: LogLevel; readonly stream?: NodeJS.WritableStream } = {}): Logger {
  const { combine, timestamp, json } = winston.format;
  return wrap(
    winston.createLogger({
      levels: { error: 0, info: 1, debug: 2 },
      level: options.level ?? 'info',
      format: combine(timestamp(), json()),
      transports: [new winston.transports.Stream({ stream: options.stream ?? process.stderr })],
    }),
    {},
  );
}
