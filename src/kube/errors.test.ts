import { expect } from 'chai';
import { errorFromAnswer, errorFromNetwork, errorFromStatus, isKubeError, KubeError, parseRetryAfter, type KubeErrorKind } from './errors.ts';

describe('kube/errors', () => {
  const cases: [number, object, KubeErrorKind][] = [
    [404, { reason: 'NotFound' }, 'notFound'],
    [409, { reason: 'AlreadyExists' }, 'conflict'],
    [401, {}, 'unauthorized'],
    [403, {}, 'forbidden'],
    [410, { reason: 'Expired' }, 'gone'],
    [429, {}, 'throttled'],
    [413, {}, 'invalid'],
    [422, {}, 'invalid'],
    [418, {}, 'invalid'],
    [500, {}, 'server'],
    [503, {}, 'server'],
    [500, { reason: 'ServerTimeout' }, 'timeout'],
    [504, {}, 'timeout'],
    [500, { message: 'failed to create typed patch object (a/b; /v1, Kind=X): .spec.y: field not declared in schema' }, 'invalid'],
  ];
  for (const [status, body, kind] of cases) {
    it(`takes ${status} ${JSON.stringify(body)} as ${kind}`, () => {
      expect(errorFromAnswer('GET /x', { status, text: JSON.stringify({ kind: 'Status', ...body }) }).kind).to.equal(kind);
    });
  }

  it('takes the code of an ERROR event, and its patience', () => {
    const error = errorFromStatus('WATCH /x', { code: 429, message: 'storage is (re)initializing', details: { retryAfterSeconds: 1 } });
    expect([error.kind, error.retryAfterMs, error.status]).to.deep.equal(['throttled', 1000, 429]);
  });

  it('knows which may pass by themselves', () => {
    const transient = (kind: KubeErrorKind): boolean => new KubeError({ kind, request: 'GET /x', message: 'm' }).isTransient;
    expect((['throttled', 'timeout', 'unreachable', 'server'] as const).every(transient)).to.equal(true);
    expect((['notFound', 'conflict', 'forbidden', 'invalid', 'gone', 'unauthorized'] as const).some(transient)).to.equal(false);
  });

  it('keeps the cause, and tells its own from others', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const error = errorFromNetwork('GET /x', cause);
    expect(error.cause).to.equal(cause);
    expect(isKubeError(error, 'unreachable')).to.equal(true);
    expect(isKubeError(error, 'gone')).to.equal(false);
    expect(isKubeError(cause)).to.equal(false);
  });

  it('finds a text where Node gives none', () => {
    expect(errorFromNetwork('GET /x', Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' })).message).to.equal('GET /x: ETIMEDOUT');
  });

  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(parseRetryAfter('3', now)).to.equal(3000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).to.equal(5000);
    expect(parseRetryAfter('soon', now)).to.equal(undefined);
    expect(parseRetryAfter(undefined, now)).to.equal(undefined);
  });
});
