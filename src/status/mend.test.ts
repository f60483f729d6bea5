import { expect } from 'chai';
import { mendOf } from './mend.ts';

describe('status/mend', () => {
  const CASES: readonly { component: string; says: string; mend: RegExp | undefined }[] = [
    { component: 'node-exporter', says: 'listen tcp :9100: bind: address already in use', mend: /spec\.exporters\.node\.port/ },
    { component: 'node-exporter', says: 'Unschedulable: 0/1 nodes are available: 1 node(s) didn\'t have free ports for the requested pod ports.', mend: /spec\.exporters\.node\.port/ },
    { component: 'prometheus', says: 'bind: address already in use', mend: undefined },
    { component: 'prometheus', says: 'Unschedulable: 0/3 nodes are available: 3 Insufficient memory.', mend: /pod\.resources/ },
    { component: 'grafana', says: 'ImagePullBackOff: Back-off pulling image', mend: /spec\.images\.registry/ },
    { component: 'grafana', says: 'ContainerCreating', mend: undefined },
  ];
  for (const { component, says, mend } of CASES) {
    it(`${mend ? 'knows' : 'does not pretend to know'} what helps ${component} that says "${says.slice(0, 50)}"`, () => {
      if (mend) expect(mendOf(component, says)).to.match(mend);
      else expect(mendOf(component, says)).to.equal(undefined);
    });
  }
});
