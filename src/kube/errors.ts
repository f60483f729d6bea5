/** What went wrong with a request to the API server (or to a pod), as far as it decides what to do next. */
export type KubeErrorKind =
  | 'notFound'
  | 'conflict'
  | 'forbidden'
  | 'unauthorized'
  | 'invalid'
  | 'gone'
  | 'throttled'
  | 'timeout'
  | 'unreachable'
  | 'server';

/** One cause out of the API server's Status: which field, and what is wrong with it. */
export interface StatusCause {
  readonly reason?: string;
  readonly field?: string;
  readonly message?: string;
}

/** What a KubeError is made of. `request` is verb and path: never a body, a header or a token. */
export interface KubeErrorDetails {
  readonly kind: KubeErrorKind;
  readonly request: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The only error that a Cluster rejects with. What to do next follows from `kind`. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly kind: KubeErrorKind;
  /** Verb and path, like `PATCH /api/v1/namespaces/shop/configmaps/prometheus-shop`. */
  readonly request: string;
  /** The HTTP status; absent where there was no answer. */
  readonly status: number | undefined;
  /** The Status' reason (`AlreadyExists`, `Expired` ...), where the server gave one. */
  readonly reason: string | undefined;
  readonly causes: readonly StatusCause[];
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(details: KubeErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = details.kind;
    this.request = details.request;
    this.status = details.status;
    this.reason = details.reason;
    this.causes = details.causes ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get isTransient(): boolean {
    return TRANSIENT.has(this.kind);
  }
}

const TRANSIENT: ReadonlySet<KubeErrorKind> = new Set(['throttled', 'timeout', 'unreachable', 'server']);

/** Whether a thrown value is a KubeError, of this kind where one is given. */
export function isKubeError(error: unknown, kind?: KubeErrorKind): error is KubeError {
  return error instanceof KubeError && (kind === undefined || error.kind === kind);
}

/** The part of the API server's `Status` that we read. */
interface StatusBody {
  readonly kind?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly StatusCause[]; readonly retryAfterSeconds?: number };
}

const KIND_BY_STATUS: Readonly<Record<number, KubeErrorKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  405: 'invalid',
  406: 'invalid',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'throttled',
  504: 'timeout',
};

/** Reasons that say more than the status does. */
const KIND_BY_REASON: Readonly<Record<string, KubeErrorKind>> = {
  Expired: 'gone',
  Gone: 'gone',
  Timeout: 'timeout',
  ServerTimeout: 'timeout',
};

// Server-side apply reports a field that the server does not know as an error 500 in some releases:
// a retry would never help, so it counts as invalid.
const UNKNOWN_FIELD = /failed to create typed patch object|field not declared in schema|strict decoding error|unknown field/;

function kindOf(status: number, { reason = '', message = '' }: StatusBody): KubeErrorKind {
  const byReason = KIND_BY_REASON[reason];
  if (byReason) return byReason;
  if (status < 500) return KIND_BY_STATUS[status] ?? 'invalid';
  return UNKNOWN_FIELD.test(message) ? 'invalid' : (KIND_BY_STATUS[status] ?? 'server');
}

function parseStatusBody(text: string): StatusBody {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status' ? (value as StatusBody) : {};
  } catch {
    return {}; // Not from the API server but from a proxy in front of it: its page says nothing to us.
  }
}

/** Retry-After, which is seconds or a date, in milliseconds from `now`. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The error that an HTTP answer stands for. `text` is the answer's body: a Status, or whatever a proxy sent. */
export function errorFromAnswer(
  request: string,
  answer: { readonly status: number; readonly text: string; readonly retryAfterMs?: number | undefined },
): KubeError {
  return errorFromStatus(request, parseStatusBody(answer.text), answer);
}

/** The error that a Status stands for: of an answer, or of an ERROR event within a watch. */
export function errorFromStatus(
  request: string,
  body: StatusBody,
  answer?: { readonly status: number; readonly retryAfterMs?: number | undefined },
): KubeError {
  const status = answer?.status ?? body.code ?? 500;
  const { causes, retryAfterSeconds } = body.details ?? {};
  const askedMs = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
  return new KubeError({
    kind: kindOf(status, body),
    request,
    status,
    message: body.message || `${request}: the server answered ${status}`,
    reason: body.reason,
    causes: causes ?? [],
    retryAfterMs: answer?.retryAfterMs ?? askedMs,
  });
}

/** The error that a failed connection stands for; `cause` is what Node threw. */
export function errorFromNetwork(request: string, cause: unknown): KubeError {
  const text = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
  return new KubeError({ kind: 'unreachable', request, message: `${request}: ${text}`, cause });
}

/** The error of a request that took longer than it may. */
export function errorFromTimeout(request: string, limitMs: number, cause?: unknown): KubeError {
  return new KubeError({ kind: 'timeout', request, message: `${request}: no answer within ${limitMs} ms`, cause });
}
