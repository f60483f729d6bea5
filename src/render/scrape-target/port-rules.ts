import type { Endpoint } from '../../api/scrape-target.ts';
import { keep, literal, replace, type RelabelRule } from '../../formats/prometheus/relabel.ts';

const SLICE_PORT_NAME = '__meta_kubernetes_endpointslice_port_name';
const SLICE_PORT = '__meta_kubernetes_endpointslice_port';
const CONTAINER_PORT_NAME = '__meta_kubernetes_pod_container_port_name';
const CONTAINER_PORT = '__meta_kubernetes_pod_container_port_number';

/**
 * Keeps one port of a Service's endpoints: by the Service's own port name, or by the number that the pod listens on, also
 * where the container declares it and the Service does not. Without a port: every TCP port of the Service.
 */
export function keepServicePort(port: Endpoint['port']): RelabelRule[] {
  // Discovery adds a target for every declared container port that the Service does not have; those carry no slice port.
  if (port === undefined) return [keep([SLICE_PORT, '__meta_kubernetes_endpointslice_port_protocol'], '.+;TCP')];
  if (typeof port === 'number') return [keep([SLICE_PORT, CONTAINER_PORT], `${port};.*|.*;${port}`)];
  return [keep([SLICE_PORT_NAME], literal(port))];
}

/**
 * Keeps one port of pods: by its name, or by number whether a container declares it or not. Without a port: every
 * declared TCP port. Discovery makes a target of each declared port, and one of a container that declares none.
 */
export function keepPodPort(port: Endpoint['port']): RelabelRule[] {
  if (port === undefined) return [keep([CONTAINER_PORT, '__meta_kubernetes_pod_container_port_protocol'], '.+;TCP')];
  if (typeof port === 'number') {
    // All targets of a pod become the same one this way, and Prometheus scrapes equal targets of a job once. They must
    // not differ in any label, so there is no label "container".
    return [
      keep(['__meta_kubernetes_pod_ip'], '.+'),
      replace(['__meta_kubernetes_pod_ip'], '([0-9.]+)', '__address__', `\${1}:${port}`),
      replace(['__meta_kubernetes_pod_ip'], '(.*:.*)', '__address__', `[\${1}]:${port}`),
    ];
  }
  return [keep([CONTAINER_PORT_NAME], literal(port))];
}
