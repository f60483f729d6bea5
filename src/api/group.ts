/** Names that others rely on: group, version, kinds, label and annotation keys. Public contract. */

export const GROUP = 'belfry.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Server-side apply's field manager for everything we write. */
export const FIELD_MANAGER = 'belfry';

export const LABEL_MANAGED_BY = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'belfry';
/** The component's name: `prometheus`, `node-exporter` ... */
export const LABEL_NAME = 'app.kubernetes.io/name';
/** The MonitoringStack's name. */
export const LABEL_STACK = `${GROUP}/stack`;
/** What the object is part of: see the PART_ constants. */
export const LABEL_PART = `${GROUP}/part`;
/** uid of the MonitoringStack, where an owner reference cannot be used (other namespaces, cluster-scoped objects). */
export const LABEL_OWNER = `${GROUP}/owner`;
/** Namespace of the MonitoringStack, beside LABEL_OWNER: a watch of a foreign object finds its stack by it. */
export const LABEL_OWNER_NAMESPACE = `${GROUP}/owner-namespace`;
/** The number of the shard, on Prometheus' StatefulSets and pods. */
export const LABEL_SHARD = `${GROUP}/shard`;

export const PART_PROMETHEUS_CONFIG = 'prometheus-config';
export const PART_ALERTMANAGER_CONFIG = 'alertmanager-config';
export const PART_DASHBOARD = 'dashboard';

/** On running pods: the hash of the config they should have. Changing it makes the kubelet refresh the volumes at once. */
export const ANNOTATION_CONFIG_HASH = `${GROUP}/config-hash`;
/** On running pods: changes when the kubelet has to be told once more. */
export const ANNOTATION_CONFIG_NUDGE = `${GROUP}/config-nudge`;
/** On the ConfigMap of Prometheus' first shard: over how many shards targets are spread, the wanted number last. Absent: over one. */
export const ANNOTATION_SPREAD = `${GROUP}/spread`;
/** On a resource of a user: "true" leaves it alone, as `spec.suspend` does for a stack. */
export const ANNOTATION_PAUSED = `${GROUP}/paused`;

/** Holds a MonitoringStack until its cluster-scoped children are gone. */
export const FINALIZER = `${GROUP}/cleanup`;
