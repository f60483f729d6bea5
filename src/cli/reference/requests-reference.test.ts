import { expect } from 'chai';
import { KUBE_PROMETHEUS_REQUESTS } from './kube-prometheus-requests.ts';
import { requestsReference } from './requests-reference.ts';

describe('the table of what a stack asks for', () => {
  const rows = requestsReference().split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  const row = (name: string): readonly string[] => rows.find(([first]) => first === name) ?? [];
  const number = (text: string | undefined): number => Number(/^[0-9]+/.exec(text ?? '')?.[0] ?? Number.NaN);

  it('has a row for every component of a default stack of a whole cluster, the operator too', () => {
    const own = rows.slice(0, rows.findIndex(([first]) => first?.startsWith('**'))).filter(([, pods]) => pods !== '' && !['pods', 'Belfry'].includes(pods ?? '')).map(([name]) => name);
    expect(own).to.have.members(['prometheus', 'alertmanager', 'grafana', 'node-exporter', 'kube-state-metrics', 'metrics-server', 'operator']);
  });

  it('adds up', () => {
    const components = rows.filter(([name, pods]) => name && !name.startsWith('**') && (pods === 'each node' || /^\d+$/.test(pods ?? '')));
    const own = components.slice(0, components.findIndex(([name]) => name === 'operator') + 1);
    const sum = (column: number, nodes: number): number => own.reduce((total, cells) => total + number(cells[column]) * (cells[1] === 'each node' ? nodes : number(cells[1])), 0);
    for (const nodes of [1, 10, 100]) {
      const all = row(`**all, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}**`);
      expect([number(all[2]), number(all[3])]).to.deep.equal([sum(2, nodes), sum(3, nodes)]);
    }
  });

  it('asks for less than kube-prometheus on one node and on each more, of every component that both have but Prometheus', () => {
    for (const { component, cpu, memory } of KUBE_PROMETHEUS_REQUESTS.filter((one) => one.component !== 'prometheus' && row(one.component)[1] !== '')) {
      const [, , ownCpu, ownMemory] = row(component);
      expect(number(ownCpu), `CPU of ${component}`).to.be.at.most(cpu);
      if (component !== 'grafana') expect(number(ownMemory), `memory of ${component}`).to.be.at.most(memory);
    }
  });
});
