import type { KubernetesSettings } from '../../api/cluster-settings.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { keyReferences } from '../../api/references.ts';
import type { Problem } from '../../api/rejection.ts';
import { credentialProblems } from '../scrape-target/check-credentials.ts';
import { credentialFile, credentialKey, type Credential } from '../scrape-target/credential-file.ts';
import type { ReferenceFacts } from '../stack-input.ts';

/** What is wrong with the certificate that etcd is to be asked with; nothing where none is named. */
export function etcdCredentialProblems({ metadata }: MonitoringStack, { etcd }: KubernetesSettings, references: ReferenceFacts): Problem[] {
  return etcd?.tls ? credentialProblems({ tls: etcd.tls }, metadata.namespace, references, 'spec.kubernetes.etcd') : [];
}

/** The files of that certificate by name, base64. */
export function etcdCredentials({ metadata }: MonitoringStack, { etcd }: KubernetesSettings, references: ReferenceFacts): ReadonlyMap<string, string> {
  const named = etcd?.tls ? keyReferences({ tls: etcd.tls }) : [];
  return new Map(named.flatMap(({ kind, name, key }): [string, string][] => {
    const credential: Credential = { kind, namespace: metadata.namespace, name, key };
    const value = references?.get(credentialKey(credential));
    return value === undefined ? [] : [[credentialFile(credential), value]];
  }));
}
