import type { StackSettings } from '../../api/defaults.ts';
import type { ScrapeLimits } from '../../api/scrape-target.ts';
import { parseByteSize } from '../../formats/prometheus/byte-size.ts';
import { parseDuration } from '../../formats/prometheus/duration.ts';
import { stableHash } from '../../lib/stable-hash.ts';
import { BUILTIN_MODULES } from './blackbox-module.ts';
import { blackboxName, PORTS, type StackName } from '../names.ts';
import type { Spread } from './shard-rules.ts';

/** All of a stack that the rendering of a ScrapeTarget depends on. */
export interface TargetSettings {
  /** The same text for the same settings: what memoised results are kept under. */
  readonly key: string;
  /** Prometheus' release, like v3.15.0. */
  readonly version: string;
  readonly scope: 'Namespace' | 'Cluster';
  readonly crossNamespace: boolean;
  readonly interval: string;
  readonly timeout: string;
  readonly limits: ScrapeLimits;
  readonly spread: Spread;
  readonly blackbox: {
    readonly enabled: boolean;
    /** host:port of the stack's blackbox exporter. */
    readonly address: string;
    /** What each module that it knows speaks: http, tcp, icmp, dns, grpc ... */
    readonly probers: Readonly<Record<string, string>>;
  };
}

/** What of a stack's settings matters to its ScrapeTargets. */
export function targetSettings(stack: StackName, settings: StackSettings): TargetSettings {
  const { scope, crossNamespace, prometheus, blackbox } = settings;
  const rest = {
    version: prometheus.version,
    scope,
    crossNamespace,
    ...scrapeTimes(prometheus),
    limits: usableLimits(prometheus.scrape.limits),
    spread: prometheus.spread,
    blackbox: {
      enabled: blackbox.on !== 'Never',
      address: `${blackboxName(stack)}.${stack.namespace}.svc:${PORTS.blackbox}`,
      probers: probers(blackbox.modules),
    },
  };
  return { ...rest, key: stableHash(JSON.stringify(rest)) };
}

// A size that Prometheus would refuse is the stack's mistake, and said there: no ScrapeTarget suffers from it.
function usableLimits({ bodySize, ...limits }: ScrapeLimits): ScrapeLimits {
  return bodySize === undefined || parseByteSize(bodySize) === undefined ? limits : { ...limits, bodySize };
}

function probers(modules: StackSettings['blackbox']['modules']): Record<string, string> {
  const own = Object.entries(modules).map(([name, module]) => [name, String(module['prober'] ?? '')] as const);
  return { ...BUILTIN_MODULES, ...Object.fromEntries(own) };
}

/** A stack's scrape interval and timeout, the way Prometheus takes them: positive, and the timeout not above the interval. */
export function scrapeTimes({ scrape }: StackSettings['prometheus']): { readonly interval: string; readonly timeout: string } {
  const interval = parseDuration(scrape.interval) ? scrape.interval : '30s';
  const timeout = parseDuration(scrape.timeout) ? scrape.timeout : '10s';
  return { interval, timeout: (parseDuration(timeout) ?? 0) > (parseDuration(interval) ?? 0) ? interval : timeout };
}
