import { metaName } from '../formats/prometheus/relabel.ts';
import type { Labels } from '../formats/prometheus/relabel-eval.ts';

type Kind = 'service' | 'pod' | 'node' | 'ingress';

/** Labels of a Kubernetes object as discovery shows them (discovery/kubernetes, addObjectMetaLabels). */
export function metaLabels(kind: Kind, labels: Labels = {}, annotations: Labels = {}): Labels {
  const shown = (what: string, map: Labels) =>
    Object.entries(map).flatMap(([key, value]) => [
      [`__meta_kubernetes_${kind}_${what}_${metaName(key)}`, value],
      [`__meta_kubernetes_${kind}_${what}present_${metaName(key)}`, 'true'],
    ]);
  return Object.fromEntries([...shown('label', labels), ...shown('annotation', annotations)]);
}

/** A pod, for what discovery makes of it. */
export interface DiscoveredPod {
  readonly namespace?: string;
  readonly name: string;
  readonly ip?: string;
  readonly phase?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly controller?: readonly [kind: string, name: string];
  /** Ports by container: name, number, protocol. */
  readonly containers: Readonly<Record<string, readonly (readonly [name: string, port: number, protocol?: string])[]>>;
}

function podLabels({ name, ip = '10.1.0.7', phase = 'Running', labels, annotations, controller }: DiscoveredPod): Labels {
  return {
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_ip: ip,
    __meta_kubernetes_pod_phase: phase,
    __meta_kubernetes_pod_ready: 'true',
    __meta_kubernetes_pod_node_name: 'node-1',
    __meta_kubernetes_pod_uid: `uid-${name}`,
    ...(controller ? { __meta_kubernetes_pod_controller_kind: controller[0], __meta_kubernetes_pod_controller_name: controller[1] } : {}),
    ...metaLabels('pod', labels, annotations),
  };
}

function withPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The targets of role pod: one for each declared port, and one without a port for a container that declares none. */
export function podTargets(pod: DiscoveredPod): Labels[] {
  const { namespace = 'shop', ip = '10.1.0.7', containers } = pod;
  return Object.entries(containers).flatMap(([container, ports]) => {
    const base = { __meta_kubernetes_namespace: namespace, ...podLabels(pod), __meta_kubernetes_pod_container_name: container, __meta_kubernetes_pod_container_init: 'false' };
    if (ports.length === 0) return [{ ...base, __address__: ip }];
    return ports.map(([name, port, protocol = 'TCP']) => ({
      ...base,
      __address__: withPort(ip, port),
      __meta_kubernetes_pod_container_port_name: name,
      __meta_kubernetes_pod_container_port_number: String(port),
      __meta_kubernetes_pod_container_port_protocol: protocol,
    }));
  });
}

/** A Service with its endpoints. */
export interface DiscoveredService {
  readonly namespace?: string;
  readonly name: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** Service port name to the port of the pods. */
  readonly ports: Readonly<Record<string, number>>;
  readonly pods: readonly DiscoveredPod[];
  readonly addressType?: 'IPv4' | 'IPv6';
  /** Addresses of the pods, where not their first. */
  readonly addresses?: readonly string[];
}

/**
 * The targets of role endpointslice: one for each pod and port of the Service, and one for each further port that a
 * container declares, which has no labels of the slice's ports.
 */
export function endpointSliceTargets(service: DiscoveredService): Labels[] {
  const { namespace = 'shop', name, labels, annotations, ports, pods, addressType = 'IPv4', addresses } = service;
  const group = { __meta_kubernetes_namespace: namespace, __meta_kubernetes_service_name: name, __meta_kubernetes_endpointslice_address_type: addressType, ...metaLabels('service', labels, annotations) };
  return pods.flatMap((pod, index) => {
    const declared = Object.entries(pod.containers).flatMap(([container, list]) => list.map(([portName, port]) => ({ container, portName, port })));
    const containerOf = (port: number): Labels => {
      const found = declared.find((one) => one.port === port);
      return found ? { __meta_kubernetes_pod_container_name: found.container, __meta_kubernetes_pod_container_port_name: found.portName, __meta_kubernetes_pod_container_port_number: String(port) } : {};
    };
    const ip = addresses?.[index] ?? pod.ip ?? '10.1.0.7';
    const covered = Object.entries(ports).map(([portName, port]) => ({
      ...group, ...podLabels(pod), ...containerOf(port),
      __address__: withPort(ip, port),
      __meta_kubernetes_endpointslice_port: String(port),
      __meta_kubernetes_endpointslice_port_name: portName,
      __meta_kubernetes_endpointslice_port_protocol: 'TCP',
      __meta_kubernetes_endpointslice_endpoint_node_name: 'node-1',
    }));
    const further = declared.filter(({ port }) => !Object.values(ports).includes(port)).map(({ port }) => ({ ...group, ...podLabels(pod), ...containerOf(port), __address__: withPort(pod.ip ?? '10.1.0.7', port) }));
    return [...covered, ...further];
  });
}

/** A Service or an Ingress that is probed, for what discovery makes of it. */
interface DiscoveredWay {
  readonly namespace?: string;
  readonly name: string;
  readonly annotations?: Labels;
}

/** The targets of role service: one for each port, at the name of the Service (discovery/kubernetes/service.go, buildService). */
export function serviceTargets({ namespace = 'shop', name, annotations, ports }: DiscoveredWay & { readonly ports: readonly (readonly [name: string, port: number, protocol?: string])[] }): Labels[] {
  return ports.map(([portName, port, protocol = 'TCP']) => ({
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_service_name: name,
    ...metaLabels('service', {}, annotations),
    __address__: `${name}.${namespace}.svc:${port}`,
    __meta_kubernetes_service_port_name: portName,
    __meta_kubernetes_service_port_number: String(port),
    __meta_kubernetes_service_port_protocol: protocol,
  }));
}

/** The targets of role ingress: one for each path of each host, `*` where a rule names none (discovery/kubernetes/ingress.go, buildIngress). */
export function ingressTargets({ namespace = 'shop', name, annotations, hosts, scheme = 'http' }: DiscoveredWay & { readonly hosts: Readonly<Record<string, readonly string[]>>; readonly scheme?: string }): Labels[] {
  return Object.entries(hosts).flatMap(([host, paths]) =>
    paths.map((path) => ({
      __meta_kubernetes_namespace: namespace,
      __meta_kubernetes_ingress_name: name,
      ...metaLabels('ingress', {}, annotations),
      __address__: host,
      __meta_kubernetes_ingress_scheme: scheme,
      __meta_kubernetes_ingress_host: host,
      __meta_kubernetes_ingress_path: path,
    })),
  );
}
