/** How often the kubelet asks, and how many misses it takes. */
interface Pace {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/** Ready soon after the program is, and out of its Services after three misses. */
const READINESS: Pace = { periodSeconds: 3, failureThreshold: 3 };
/** A restart costs more than a late answer: only a minute of silence counts as hung. */
const LIVENESS: Pace = { periodSeconds: 10, failureThreshold: 6 };

type Scheme = 'HTTP' | 'HTTPS';

/** A readiness probe by HTTP GET on a named port. */
export function readinessProbe(path: string, port: string, scheme: Scheme = 'HTTP'): object {
  return httpProbe({ path, port, scheme }, READINESS);
}

/** A liveness probe by HTTP GET on a named port. */
export function livenessProbe(path: string, port: string, scheme: Scheme = 'HTTP'): object {
  return httpProbe({ path, port, scheme }, LIVENESS);
}

function httpProbe({ path, port, scheme }: { readonly path: string; readonly port: string; readonly scheme: Scheme }, pace: Pace): object {
  return { httpGet: { path, port, ...(scheme === 'HTTPS' ? { scheme } : {}) }, timeoutSeconds: 3, ...pace };
}
