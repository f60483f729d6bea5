import type { Problem } from '../../api/rejection.ts';
import { selectionOf, type ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { nearest } from '../../lib/nearest.ts';
import { plural } from '../../lib/plural.ts';
import type { ServicePorts, TargetInput } from '../stack-input.ts';
import { endpointsOf } from './endpoints.ts';

/** Whether the ports of a ScrapeTarget's endpoints are ports, and by what is known are there. */
export function checkPorts({ target, servicePorts }: TargetInput): Problem[] {
  return endpointsOf(target).flatMap(({ port }, index) => {
    const path = `spec.endpoints[${index}].port`;
    if (port === undefined) return [];
    return typeof port === 'number' ? checkNumber(path, port) : checkName(path, port, target.spec, servicePorts);
  });
}

function checkNumber(path: string, port: number): Problem[] {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return [];
  return [{ path, reason: 'AddressInvalid', message: `${port} is no port: use a number from 1 to 65535, or a name` }];
}

function checkName(path: string, name: string, spec: ScrapeTargetSpec, servicePorts: readonly ServicePorts[] | undefined): Problem[] {
  if (!spec.service && !spec.pod && !spec.probe?.of.service) {
    const what = spec.probe ? 'what is probed' : WITHOUT_NAMES[selectionOf(spec)];
    return [{ path, reason: 'PortNameUnknown', message: `${what} has no port names: write a number instead of "${name}", or leave it out` }];
  }
  return spec.service && servicePorts ? checkServices(path, name, servicePorts) : [];
}

const WITHOUT_NAMES: Readonly<Record<string, string>> = {
  node: 'a node', ingress: 'an Ingress', static: 'a fixed address', http: 'a target from HTTP discovery', dns: 'a target from DNS',
};

function checkServices(path: string, name: string, services: readonly ServicePorts[]): Problem[] {
  const [first] = services;
  if (!first || services.some(({ ports }) => ports.some((port) => port.name === name))) return [];
  return [{ path, reason: 'PortNameUnknown', message: `${whatIsThere(name, services, first)}${mend(name, services)}` }];
}

function whatIsThere(name: string, services: readonly ServicePorts[], first: ServicePorts): string {
  const of = `${first.namespace}/${first.name}`;
  if (services.length > 1) return `None of ${plural(services.length, 'Service')} has a port called ${name}; Service ${of} has ${namesOf(first)}`;
  return `Service ${of} has ${namesOf(first)}; none is called ${name}`;
}

function namesOf({ ports }: ServicePorts): string {
  const names = ports.map((port) => port.name || `one without a name (${port.port})`);
  return names.length === 0 ? 'no ports' : `${names.length === 1 ? 'port' : 'ports'} ${names.join(', ')}`;
}

function mend(name: string, services: readonly ServicePorts[]): string {
  const names = new Set(services.flatMap(({ ports }) => ports.map((port) => port.name)).filter((one) => one !== ''));
  const guess = nearest(name, names);
  return guess === undefined ? ': name one of them, or use the number that the pod listens on' : `: did you mean ${guess}?`;
}
