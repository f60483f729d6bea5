import { expect } from 'chai';
import { aSurvey } from '../testing/build.ts';
import type { ClusterSurvey, SurveyedNode } from './cluster-survey.ts';
import { isManaged, platformOf, type Platform } from './platform.ts';

const node = (found: Partial<SurveyedNode>): Pick<ClusterSurvey, 'nodes'> => ({ nodes: [{ providerId: '', kubeletVersion: 'v1.34.4', labels: {}, ...found }] });

describe('render/platform', () => {
  const CASES: readonly { says: string; found: Partial<ClusterSurvey>; is: Platform }[] = [
    { says: 'GKE by its version', found: { version: 'v1.33.5-gke.1080000' }, is: 'GKE' },
    { says: 'GKE by the node pool', found: node({ labels: { 'cloud.google.com/gke-nodepool': 'default' } }), is: 'GKE' },
    { says: 'EKS by its version', found: { version: 'v1.33.5-eks-113cf36' }, is: 'EKS' },
    { says: 'EKS by its kubelets', found: node({ kubeletVersion: 'v1.33.5-eks-113cf36', providerId: 'aws:///eu-west-1a/i-0123' }), is: 'EKS' },
    { says: 'AKS by its nodes', found: node({ labels: { 'kubernetes.azure.com/cluster': 'MC_a_b_westeurope' }, providerId: 'azure:///subscriptions/1' }), is: 'AKS' },
    { says: 'k3s by its version', found: { version: 'v1.34.1+k3s1' }, is: 'k3s' },
    { says: 'RKE2 by its version', found: { version: 'v1.34.1+rke2r1' }, is: 'RKE2' },
    { says: 'kind by its nodes', found: node({ providerId: 'kind://docker/kind/kind-control-plane' }), is: 'kind' },
    { says: 'kubeadm by where its pods find their certificates', found: { pods: { scheduler: [{ name: 's', command: ['kube-scheduler', '--kubeconfig=/etc/kubernetes/scheduler.conf'], ports: [] }] } }, is: 'kubeadm' },
    { says: 'machines of a cloud without its Kubernetes service as nothing special', found: node({ providerId: 'aws:///eu-west-1a/i-0123' }), is: 'unknown' },
    { says: 'nothing without a sign', found: {}, is: 'unknown' },
  ];
  for (const { says, found, is } of CASES) it(`knows ${says}`, () => expect(platformOf(aSurvey(found))).to.equal(is));

  it('knows where the control plane is the provider\'s', () => {
    expect((['GKE', 'EKS', 'AKS', 'k3s', 'RKE2', 'kind', 'kubeadm', 'unknown'] as const).filter(isManaged)).to.deep.equal(['GKE', 'EKS', 'AKS']);
  });
});
