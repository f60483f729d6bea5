import { copy, keep, keepEqual, literal, replace, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { keepRealHosts } from '../scrape-target/ingress-rules.ts';
import { addressTarget, HOST_PROBERS, hostTarget, ingressAddressTarget } from '../scrape-target/probe-targets.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { keepShard } from '../scrape-target/shard-rules.ts';
import type { TargetSettings } from '../scrape-target/target-settings.ts';
import { annotation, schemeAndPath, type AnnotationDiscovery } from './annotations.ts';

type Blackbox = TargetSettings['blackbox'];
type Kind = 'service' | 'ingress';

/** What is probed where the annotation `probe-module` is missing. */
const DEFAULT_MODULE = 'http_2xx';

/** Two jobs for Services and Ingresses whose owners asked by annotation to be probed by the stack's blackbox exporter. */
export function annotatedProbeJobs(discovery: AnnotationDiscovery, blackbox: Blackbox): ScrapeConfig[] {
  const { prefix } = discovery;
  return [
    probeJob('service', discovery, blackbox, [...keepPort(prefix, blackbox), ...setPort('service', prefix), set(SCHEME, 'http'), ...urlParts('service', prefix), serviceUrl, ...otherTargets([addressTarget], blackbox)]),
    probeJob('ingress', discovery, blackbox, [
      keepRealHosts, ...setPort('ingress', prefix), copy('__meta_kubernetes_ingress_scheme', SCHEME), ...urlParts('ingress', prefix), ...ingressUrl, ...otherTargets(ingressAddressTarget(SCHEME), blackbox),
    ]),
  ];
}

function probeJob(kind: Kind, { prefix, namespaces, spread }: AnnotationDiscovery, blackbox: Blackbox, target: readonly RelabelRule[]): ScrapeConfig {
  return {
    job_name: `belfry/annotated-${kind}-probes`,
    params: { module: [DEFAULT_MODULE] },
    metrics_path: '/probe',
    kubernetes_sd_configs: [kubernetesSd(kind, namespaces)],
    relabel_configs: [
      keep([annotation(kind, prefix, 'probe')], 'true'),
      copy(annotation(kind, prefix, 'probe-module'), MODULE),
      ...target,
      copy('__param_target', 'instance'),
      set('__address__', blackbox.address),
      // As kubectl writes it. No ScrapeTarget and no scraped app can be called that: the share of their targets that is up stays theirs.
      replace([`__meta_kubernetes_${kind}_name`], '(.+)', 'job', `${kind}/\${1}`),
      copy('__meta_kubernetes_namespace', 'namespace'),
      copy(`__meta_kubernetes_${kind}_name`, kind),
      ...(kind === 'service' ? nameEndpoint(prefix, blackbox) : []),
      ...keepShard(spread, '__param_target'),
    ],
  };
}

const MODULE = '__param_module';
/** Labels of this prefix are nobody's, and gone after relabelling. */
const SCHEME = '__tmp_belfry_scheme';
const PATH = '__tmp_belfry_path';
const PORT = '__tmp_belfry_port';
const SERVICE_PORT = '__meta_kubernetes_service_port_name';

/**
 * Which of a Service's ports: the one of the annotated name; the annotated number, declared or not, since a probe that fails
 * says more than none; without either all of TCP, and of UDP for modules that may speak it.
 */
function keepPort(prefix: string, { probers }: Blackbox): RelabelRule[] {
  const asked = annotation('service', prefix, 'probe-port');
  const datagrams = modulesOf(probers, (prober) => prober === 'dns' || HOST_PROBERS.has(prober));
  return [
    keep([asked, MODULE, '__meta_kubernetes_service_port_protocol'], `.+;.*;.*|;.*;TCP|;${datagrams};UDP`),
    copy(SERVICE_PORT, PORT),
    replace([asked], '(.*[^0-9].*)', PORT),
    keepEqual([PORT], SERVICE_PORT),
  ];
}

function setPort(kind: Kind, prefix: string): RelabelRule[] {
  return [replace(['__address__', annotation(kind, prefix, 'probe-port')], String.raw`([^:]+)(?::\d+)?;(\d+)`, '__address__', '${1}:${2}')];
}

/** A number makes one target of all ports, and so does a probe of the host: they must not differ in any label. */
function nameEndpoint(prefix: string, { probers }: Blackbox): RelabelRule[] {
  const hosts = modulesOf(probers, (prober) => HOST_PROBERS.has(prober));
  return [copy(SERVICE_PORT, 'endpoint'), replace([annotation('service', prefix, 'probe-port')], '([0-9]+)', 'endpoint'), replace([MODULE], hosts, 'endpoint', '')];
}

function urlParts(kind: Kind, prefix: string): RelabelRule[] {
  return schemeAndPath({ scheme: annotation(kind, prefix, 'probe-scheme'), path: annotation(kind, prefix, 'probe-path') }, { scheme: SCHEME, path: PATH });
}

const serviceUrl = replace([SCHEME, '__address__', PATH], '(.+?);(.+?);(.*)', '__param_target', '${1}://${2}${3}');

/** The annotated path is below the Ingress's own, at whose end a slash would be doubled. */
const ingressUrl: readonly RelabelRule[] = [
  replace([SCHEME, '__address__', '__meta_kubernetes_ingress_path'], '(.+?);(.+?);(.*)', '__param_target', '${1}://${2}${3}'),
  replace([SCHEME, '__address__', '__meta_kubernetes_ingress_path', PATH], '(.+?);(.+?);(.*?)/*;(.+)', '__param_target', '${1}://${2}${3}${4}'),
];

/** Modules that take no URL get what they take instead. One that nobody knows gets the URL: the exporter answers 400, and the target is down. */
function otherTargets(ports: readonly RelabelRule[], { probers }: Blackbox): RelabelRule[] {
  const ofPorts = modulesOf(probers, (prober) => prober !== 'http' && !HOST_PROBERS.has(prober));
  const ofHosts = modulesOf(probers, (prober) => HOST_PROBERS.has(prober));
  return [...ports.map((rule) => onlyFor(ofPorts, rule)), onlyFor(ofHosts, hostTarget)];
}

/** The rule, for targets that these modules probe; its groups keep their numbers. */
function onlyFor(modules: string, { source_labels = [], regex = '(.*)', ...rule }: RelabelRule): RelabelRule {
  return { source_labels: [MODULE, ...source_labels], regex: `${modules};(?:${regex})`, ...rule };
}

/** A group of the names of modules. That of none fits no target, since each has a module. */
function modulesOf(probers: Blackbox['probers'], speaks: (prober: string) => boolean): string {
  const names = Object.keys(probers).filter((name) => speaks(probers[name] ?? '')).sort();
  return `(?:${names.map(literal).join('|')})`;
}
