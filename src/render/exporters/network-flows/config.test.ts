import { expect } from 'chai';
import { load } from 'js-yaml';
import { stackSettings } from '../../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../../api/monitoring-stack.ts';
import { beylaConfig } from './config.ts';

interface Config {
  readonly network: { readonly cidrs?: readonly string[] };
  readonly attributes: { readonly select: { readonly beyla_network_flow_bytes: { readonly include: readonly string[] } } };
  readonly filter: { readonly network: { readonly 'k8s.src.node.name': { readonly match: string } } };
  readonly prometheus_export: { readonly port: number; readonly path: string };
  readonly internal_metrics: { readonly prometheus: { readonly port: number; readonly path: string } };
}

/** The config of a stack with these settings, as YAML readers see it. */
function config(networkFlows: NonNullable<MonitoringStackSpec['exporters']>['networkFlows'] = {}, cidrs: readonly string[] = []): Config {
  const settings = stackSettings({ spec: { scope: 'Cluster', exporters: { networkFlows } } }).networkFlows;
  if (!settings) throw new Error('network flows are off');
  return load(beylaConfig(settings, cidrs)) as Config;
}

describe('render/exporters/network-flows/config', () => {
  it('tells flows apart by workload, and by nothing that comes and goes', () => {
    const { include } = config().attributes.select.beyla_network_flow_bytes;
    expect(include.filter((attribute) => !/^k8s\.(?:src|dst)\.(?:namespace|owner\.(?:name|type))$|^direction$/.test(attribute))).to.deep.equal([]);
    expect(new Set(include).size).to.equal(7);
  });

  it('tells ports of servers apart when asked', () => {
    expect(config({ serverPorts: true }).attributes.select.beyla_network_flow_bytes.include).to.include('server.port');
  });

  it('tells where in the networks of pods the sender is, where they are known', () => {
    const { network, attributes } = config({}, ['10.244.0.0/16']);
    expect(network.cidrs).to.deep.equal(['10.244.0.0/16']);
    expect(attributes.select.beyla_network_flow_bytes.include).to.include('src.cidr');
    expect(config().network).not.to.have.property('cidrs');
  });

  it('shows flows and what it says of itself at one address', () => {
    const { prometheus_export: flows, internal_metrics: own } = config({ port: 9200 });
    expect(flows).to.include({ port: 9200, path: '/metrics' });
    expect(own.prometheus).to.deep.equal({ port: 9200, path: '/metrics' });
  });

  it('counts what its own node sends, and what is sent by nobody\'s pod', () => {
    expect(config().filter.network['k8s.src.node.name'].match).to.equal('{${NODE_NAME},}');
  });
});
