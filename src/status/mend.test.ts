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
    // As Beyla 3.33 words them (pkg/obi/os.go of what it is made of).
    { component: 'network-flows', says: 'CrashLoopBackOff: container beyla ended with code 255: time=2026-11-21T18:00:00.000Z level=ERROR msg="can\'t start Beyla" error="kernel does not support BTF (CONFIG_DEBUG_INFO_BTF): no vmlinux BTF found"', mend: /update the kernel of that node.*nodeSelector.*networkFlows\.pod/ },
    { component: 'network-flows', says: 'error="kernel version 4.14 not supported. Minimum required version is 5.8"', mend: /Linux 5\.11/ },
    { component: 'network-flows', says: 'error="the following capabilities are required: CAP_BPF, CAP_PERFMON"', mend: /allow BPF, NET_RAW and PERFMON/ },
    { component: 'network-flows', says: 'listen tcp :8999: bind: address already in use', mend: /spec\.exporters\.networkFlows\.port/ },
  ];
  for (const { component, says, mend } of CASES) {
    it(`${mend ? 'knows' : 'does not pretend to know'} what helps ${component} that says "${says.slice(0, 50)}"`, () => {
      if (mend) expect(mendOf(component, says)).to.match(mend);
      else expect(mendOf(component, says)).to.equal(undefined);
    });
  }
});
