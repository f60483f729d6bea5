import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { aSurvey } from '../../testing/build.ts';
import type { ClusterSurvey, PodPart, SurveyedPod } from '../cluster-survey.ts';
import { kubernetesParts } from './kubernetes-parts.ts';
import { partPort } from './part-port.ts';

const pod = (...command: string[]): SurveyedPod[] => [{ name: 'a', command, ports: [] }];
const dns: SurveyedPod[] = [{ name: 'coredns-a', command: ['-conf', '/etc/coredns/Corefile'], ports: [{ name: 'dns', port: 53 }, { name: 'metrics', port: 9153 }] }];
const settings = (kubernetes: MonitoringStackSpec['kubernetes'] = {}) => stackSettings({ spec: { scope: 'Cluster', kubernetes } });

/** What kubeadm starts where nobody told it otherwise (kubeadm 1.34, cmd/kubeadm/app/phases). */
const KUBEADM: ClusterSurvey['pods'] = {
  controllerManager: pod('kube-controller-manager', '--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf', '--bind-address=127.0.0.1'),
  scheduler: pod('kube-scheduler', '--authentication-kubeconfig=/etc/kubernetes/scheduler.conf', '--bind-address=127.0.0.1'),
  etcd: pod('etcd', '--advertise-client-urls=https://10.0.0.4:2379', '--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.4:2379', '--listen-metrics-urls=http://127.0.0.1:2381'),
  proxy: pod('/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf', '--hostname-override=$(NODE_NAME)'),
  dns,
};
const PROXY_CONFIG = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: ""\nmode: ""\n';

function hidden(found: Partial<ClusterSurvey>, kubernetes?: MonitoringStackSpec['kubernetes']): Record<string, string> {
  return Object.fromEntries(kubernetesParts(settings(kubernetes), aSurvey(found)).hidden.map(({ part, why }) => [part, why]));
}

describe('render/builtin-targets/kubernetes-parts', () => {
  it('shows everything where nobody looked', () => {
    const { shown, hidden: none } = kubernetesParts(settings(), undefined);
    expect([...shown]).to.deep.equal(['apiServer', 'kubelet', 'controllerManager', 'scheduler', 'proxy', 'etcd', 'dns']);
    expect(none).to.deep.equal([]);
  });

  it('says of a plain kubeadm cluster what listens on 127.0.0.1, and how that changes', () => {
    const why = hidden({ pods: KUBEADM, proxyConfig: PROXY_CONFIG });
    expect(Object.keys(why)).to.deep.equal(['controllerManager', 'scheduler', 'proxy', 'etcd']);
    expect(why['controllerManager']).to.match(/127\.0\.0\.1 only.*--bind-address=0\.0\.0\.0.*controllerManager\.extraArgs/);
    expect(why['scheduler']).to.include('scheduler.extraArgs');
    expect(why['proxy']).to.include('metricsBindAddress');
    expect(why['etcd']).to.match(/--listen-metrics-urls=.*spec\.kubernetes\.etcd\.tls/);
  });

  it('shows what listens elsewhere, by flag, by file, or through a shell', () => {
    const pods = {
      controllerManager: pod('kube-controller-manager', '--bind-address=127.0.0.1', '--bind-address=0.0.0.0'),
      scheduler: pod('/bin/sh', '-c', 'exec kube-scheduler --bind-address 0.0.0.0 --v=2 1>>/var/log/kube-scheduler.log 2>&1'),
      etcd: pod('etcd', '--listen-metrics-urls=http://127.0.0.1:2381,http://10.0.0.4:2381'),
      proxy: pod('kube-proxy', '--config=/config.conf'), dns,
    };
    expect(hidden({ pods, proxyConfig: PROXY_CONFIG.replace('""', '0.0.0.0:10249') })).to.deep.equal({});
    expect(hidden({ pods: { ...pods, proxy: pod('kube-proxy', '--metrics-bind-address=0.0.0.0:10249') } })).to.deep.equal({});
    expect(Object.keys(hidden({ pods, proxyConfig: PROXY_CONFIG.replace('""', '"[::1]:10249"') }))).to.deep.equal(['proxy']);
  });

  const PLATFORMS: readonly { platform: string; found: Partial<ClusterSurvey>; says: Readonly<Partial<Record<PodPart, RegExp>>> }[] = [
    { platform: 'GKE', found: { version: 'v1.33.5-gke.1080000', pods: { dns: [{ name: 'kube-dns', command: [], ports: [{ name: 'metrics', port: 10055 }] }] } }, says: { controllerManager: /^GKE does not show it$/, scheduler: /^GKE/, proxy: /^GKE/, etcd: /^GKE/ } },
    { platform: 'EKS', found: { version: 'v1.33.5-eks-113cf36', pods: { proxy: pod('kube-proxy', '--config=/var/lib/kube-proxy-config/config'), dns }, proxyConfig: 'kind: KubeProxyConfiguration\nmetricsBindAddress: 127.0.0.1:10249\n' }, says: { controllerManager: /^EKS does not show it$/, scheduler: /^EKS/, proxy: /on this EKS.*metricsBindAddress/, etcd: /^EKS/ } },
    { platform: 'k3s', found: { version: 'v1.34.1+k3s1', pods: { dns } }, says: { controllerManager: /own process.*spec\.kubernetes\.controllerManager\.addresses/, scheduler: /own process/, proxy: /own process/, etcd: /own process/ } },
    { platform: 'one made by hand', found: {}, says: { controllerManager: /no pods.*spec\.kubernetes\.controllerManager\.addresses/, scheduler: /no pods/, proxy: /no pods/, etcd: /no pods/, dns: /no pods/ } },
  ];
  for (const { platform, found, says } of PLATFORMS) {
    it(`says what ${platform} hides`, () => {
      const why = hidden(found);
      expect(Object.keys(why)).to.deep.equal(Object.keys(says));
      for (const [part, wanted] of Object.entries(says)) expect(why[part]).to.match(wanted);
    });
  }

  it('believes the user who names addresses, or a certificate for etcd', () => {
    const addresses = ['10.0.0.5'];
    expect(hidden({}, { controllerManager: { addresses }, scheduler: { addresses }, proxy: { addresses }, etcd: { addresses }, dns: { addresses } })).to.deep.equal({});
    const tls = { cert: { name: 'etcd', key: 'tls.crt' }, key: { name: 'etcd', key: 'tls.key' } };
    expect(Object.keys(hidden({ pods: KUBEADM }, { etcd: { tls } }))).not.to.include('etcd');
    expect(partPort('etcd', settings({ etcd: { tls } }), aSurvey({ pods: KUBEADM }))).to.equal(2379);
  });

  it('says nothing of what is off', () => {
    expect(hidden({}, { enabled: false })).to.deep.equal({});
    expect(Object.keys(hidden({}, { etcd: { enabled: false }, proxy: { enabled: false } }))).to.deep.equal(['controllerManager', 'scheduler', 'dns']);
  });

  it('says what the operator may not look at', () => {
    const survey = { ...aSurvey({ refused: ['list pods in kube-system'] }), pods: {} };
    expect(kubernetesParts(settings(), survey).hidden[0]?.why).to.include('list pods in kube-system');
  });

  it('finds CoreDNS without metrics out', () => {
    expect(hidden({ pods: { ...KUBEADM, dns: [{ name: 'a', command: [], ports: [{ name: 'dns', port: 53 }] }] } })['dns']).to.match(/Corefile/);
  });

  const PORTS: readonly { part: PodPart; pods: SurveyedPod[]; kubernetes?: MonitoringStackSpec['kubernetes']; port: number }[] = [
    { part: 'controllerManager', pods: pod('x', '--secure-port=11257'), port: 11257 },
    { part: 'controllerManager', pods: pod('x', '--secure-port=11257'), kubernetes: { controllerManager: { port: 9999 } }, port: 9999 },
    { part: 'controllerManager', pods: pod('x', '--secure-port=11257'), kubernetes: { controllerManager: { addresses: ['10.0.0.5'] } }, port: 10257 },
    { part: 'scheduler', pods: pod('x'), port: 10259 },
    { part: 'proxy', pods: pod('x', '--metrics-bind-address=0.0.0.0:11249'), port: 11249 },
    { part: 'proxy', pods: pod('x', '--metrics-bind-address=[::]:11249'), port: 11249 },
    { part: 'proxy', pods: pod('x', '--metrics-bind-address=0.0.0.0'), port: 10249 },
    { part: 'etcd', pods: pod('x', '--listen-metrics-urls=http://0.0.0.0:3381,http://127.0.0.1:2381'), port: 3381 },
    { part: 'dns', pods: [{ name: 'a', command: [], ports: [{ name: 'dns', port: 53 }, { name: 'metrics', port: 10055 }] }], port: 10055 },
    { part: 'dns', pods: dns, port: 9153 },
  ];
  for (const { part, pods, kubernetes, port } of PORTS) {
    it(`asks ${part} on port ${port} when it is started as ${pods[0]?.command.at(-1) ?? 'usual'}${kubernetes ? ', and the user says more' : ''}`, () => {
      expect(partPort(part, settings(kubernetes), aSurvey({ pods: { [part]: pods } }))).to.equal(port);
    });
  }
});
