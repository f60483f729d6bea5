import type { MonitoringStack, RemoteWriteSpec } from '../../api/monitoring-stack.ts';
import { keyReferences } from '../../api/references.ts';
import type { Problem } from '../../api/rejection.ts';
import type { RelabelRuleSpec } from '../../api/scrape-target.ts';
import type { QueueConfig, RemoteWriteConfig } from '../../formats/prometheus/config.ts';
import type { Version } from '../../formats/prometheus/version.ts';
import { compact } from '../../lib/compact.ts';
import { authorization } from '../scrape-target/authorization.ts';
import { credentialProblems } from '../scrape-target/check-credentials.ts';
import { credentialFile, credentialKey, type Credential } from '../scrape-target/credential-file.ts';
import { relabelRule } from '../scrape-target/relabel-rule.ts';
import { tlsConfig } from '../scrape-target/tls-config.ts';
import type { ReferenceFacts } from '../stack-input.ts';
import { checkRemoteWrite } from './check-remote-write.ts';

/** Where samples are sent on to, the files that it reads, and what is wrong with those that were left out. */
export interface RemoteWrites {
  readonly configs: readonly RemoteWriteConfig[];
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** A stack's remote writes in Prometheus' words; Secrets are in the stack's namespace. One with a mistake is left out. */
export function remoteWrites({ metadata, spec }: MonitoringStack, references: ReferenceFacts, version: Version | undefined): RemoteWrites {
  const { namespace } = metadata;
  const all = spec.prometheus?.remoteWrite ?? [];
  const checked = all.map((remote, index) => {
    const path = `spec.prometheus.remoteWrite[${index}]`;
    return { remote, problems: [...checkRemoteWrite(remote, path, version), ...checkName(remote, path, all.slice(0, index)), ...credentialProblems(remote, namespace, references, path)] };
  });
  const good = checked.filter(({ problems }) => problems.length === 0).map(({ remote }) => remote);
  return {
    configs: good.map((remote) => remoteWrite(remote, namespace)),
    files: new Map(good.flatMap((remote) => filesOf(remote, namespace, references))),
    problems: checked.flatMap(({ problems }) => problems),
  };
}

function checkName({ name }: RemoteWriteSpec, path: string, earlier: readonly RemoteWriteSpec[]): Problem[] {
  if (name === undefined || !earlier.some((other) => other.name === name)) return [];
  return [{ path: `${path}.name`, reason: 'Invalid', message: `another remote write is called "${name}" already: give each a name of its own` }];
}

function remoteWrite(remote: RemoteWriteSpec, namespace: string): RemoteWriteConfig {
  const { url, name, basic, bearerToken, tls, headers, remoteTimeout, sendExemplars, sendNativeHistograms, queue } = remote;
  const rules = writeRelabel(remote);
  return {
    url,
    ...authorization({ ...(basic ? { basic } : {}), ...(bearerToken ? { bearerToken } : {}) }, namespace),
    ...compact({
      name,
      tls_config: tls && tlsConfig(tls, namespace),
      headers,
      remote_timeout: remoteTimeout,
      send_exemplars: sendExemplars,
      send_native_histograms: sendNativeHistograms,
      queue_config: queue as QueueConfig | undefined,
      write_relabel_configs: rules.length > 0 ? rules.map(relabelRule) : undefined,
    }),
  };
}

// The schema leaves these open; checkRemoteWrite does not.
function writeRelabel({ writeRelabel: rules = [] }: RemoteWriteSpec): RelabelRuleSpec[] {
  return rules as RelabelRuleSpec[];
}

function filesOf(remote: RemoteWriteSpec, namespace: string, references: ReferenceFacts): [string, string][] {
  return keyReferences(remote).flatMap(({ kind, name, key }) => {
    const credential: Credential = { kind, namespace, name, key };
    const value = references?.get(credentialKey(credential));
    return value === undefined ? [] : [[credentialFile(credential), value]];
  });
}
