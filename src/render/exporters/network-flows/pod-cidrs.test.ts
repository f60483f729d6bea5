import { expect } from 'chai';
import { aSurvey } from '../../../testing/build.ts';
import type { ClusterSurvey } from '../../cluster-survey.ts';
import { podCidrs } from './pod-cidrs.ts';

const pod = (...command: string[]) => [{ name: 'a', command, ports: [] }];

describe('render/exporters/network-flows/pod-cidrs', () => {
  const CASES: readonly (readonly [says: string, found: Partial<ClusterSurvey>, cidrs: readonly string[]])[] = [
    ['are what kube-controller-manager is told', { pods: { controllerManager: pod('kube-controller-manager', '--allocate-node-cidrs=true', '--cluster-cidr=10.244.0.0/16') } }, ['10.244.0.0/16']],
    ['are what kube-proxy is told, through a shell too', { pods: { proxy: pod('/bin/sh', '-c', 'exec kube-proxy --master=https://10.0.0.2 --cluster-cidr=10.8.0.0/14 --v=2') } }, ['10.8.0.0/14']],
    ['are in the file of kube-proxy', { proxyConfig: 'kind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n' }, ['10.244.0.0/16']],
    ['are said once, of both families', { pods: { controllerManager: pod('kube-controller-manager', '--cluster-cidr=10.244.0.0/16,fd00:10::/56') }, proxyConfig: 'clusterCIDR: "10.244.0.0/16,fd00:10::/56"\n' }, ['10.244.0.0/16', 'fd00:10::/56']],
    ['are not known where nobody is told', { pods: { controllerManager: pod('kube-controller-manager') }, proxyConfig: 'clusterCIDR: ""\n' }, []],
  ];
  for (const [says, found, cidrs] of CASES) it(says, () => expect(podCidrs(aSurvey(found))).to.deep.equal(cidrs));

  it('are not known where nobody looked', () => expect(podCidrs(undefined)).to.deep.equal([]));
});
