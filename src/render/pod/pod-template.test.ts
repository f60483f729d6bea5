import { expect } from 'chai';
import { stackCases } from '../../testing/stack-case.ts';
import { renderStack } from '../render-stack.ts';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly resources: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
  readonly securityContext: { readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] } & Record<string, unknown> } & Record<string, unknown>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly readinessProbe: object;
  readonly livenessProbe: object;
}
interface PodSpec extends Record<string, unknown> {
  readonly containers: readonly Container[];
  readonly volumes?: readonly ({ readonly name: string } & Record<string, unknown>)[];
  readonly securityContext: Record<string, unknown>;
}
interface Workload {
  readonly template?: { readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> }; readonly spec: PodSpec };
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

const WORKLOADS = stackCases(`${import.meta.dirname}/../testdata`).flatMap(({ name, input }) =>
  renderStack(input).objects.flatMap(({ kind, metadata, spec }) => {
    const workload = (spec ?? {}) as Workload;
    return workload.template ? [{ at: `${name}: ${kind}/${metadata.name}`, kind, workload, template: workload.template, stack: input.stack }] : [];
  }),
);

const nameOf = ({ template }: (typeof WORKLOADS)[number]): string => template.metadata.labels['app.kubernetes.io/name'] ?? '';
const LOG_FILES = /log files are readable by root only/;
/** They are root, and say why. */
const PRIVILEGED: Readonly<Record<string, RegExp>> = { 'node-problem-detector': /kernel log/, 'network-flows': /eBPF/, 'otel-collector': LOG_FILES, 'fluent-bit': LOG_FILES, fluentd: LOG_FILES };
const UNPRIVILEGED = WORKLOADS.filter((workload) => !(nameOf(workload) in PRIVILEGED));

const RESTRICTED: Readonly<Record<string, (spec: PodSpec) => boolean>> = {
  'runs as somebody who is not root': ({ securityContext: { runAsNonRoot, runAsUser } }) => runAsNonRoot === true && Number(runAsUser) > 0,
  'has the seccomp profile of the runtime': ({ securityContext: { seccompProfile } }) => JSON.stringify(seccompProfile) === '{"type":"RuntimeDefault"}',
  'sets no sysctl but the safe one for ping': ({ securityContext: { sysctls = [] } }) => (sysctls as { name: string }[]).every(({ name }) => name === 'net.ipv4.ping_group_range'),
};
const CONTAINERS: Readonly<Record<string, (container: Container) => boolean>> = {
  'cannot gain privileges': ({ securityContext }) => securityContext['allowPrivilegeEscalation'] === false && securityContext['privileged'] === undefined,
  'drops all capabilities and adds none': ({ securityContext: { capabilities } }) => capabilities.drop.join() === 'ALL' && capabilities.add === undefined,
  'has a root file system that is read-only': ({ securityContext }) => securityContext['readOnlyRootFilesystem'] === true,
  'asks for CPU and memory, and has a limit of memory': ({ resources: { requests = {}, limits = {} } }) => 'cpu' in requests && 'memory' in requests && 'memory' in limits,
  'has both probes': ({ readinessProbe, livenessProbe }) => readinessProbe !== undefined && livenessProbe !== undefined,
  'names an image with a tag': ({ image }) => /^[^:]+(:\d+)?\/.+:(v?\d+\.\d+\.\d+|v\d+\.\d+-debian-[a-z]+\d*-\d+)$/.test(image),
};

describe('render/pod/pod-template', () => {
  for (const [says, holds] of Object.entries(RESTRICTED)) {
    it(`every pod ${says}`, () => {
      for (const { at, template } of UNPRIVILEGED) expect(holds(template.spec), at).to.equal(true);
    });
  }
  for (const [says, holds] of Object.entries(CONTAINERS)) {
    it(`every container ${says}`, () => {
      for (const { at, template } of says.startsWith('cannot') || says.startsWith('drops') ? UNPRIVILEGED : WORKLOADS) for (const container of template.spec.containers) expect(holds(container), `${at} ${container.name}`).to.equal(true);
    });
  }

  it('what reads the kernel log or log files, or loads eBPF, is root, and says why', () => {
    const privileged = WORKLOADS.filter((workload) => !UNPRIVILEGED.includes(workload));
    expect(new Set(privileged.map(nameOf))).to.deep.equal(new Set(Object.keys(PRIVILEGED)));
    for (const workload of privileged) expect(workload.template.metadata.annotations?.['belfry.dev/why-privileges']).to.match(PRIVILEGED[nameOf(workload)] ?? /-/);
  });

  it('only what reads the kernel log is privileged altogether; eBPF has its three capabilities', () => {
    for (const workload of WORKLOADS) {
      for (const { securityContext } of workload.template.spec.containers) {
        expect(securityContext['privileged'] === true, workload.at).to.equal(nameOf(workload) === 'node-problem-detector');
        if (nameOf(workload) === 'network-flows') expect(securityContext).to.deep.equal({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'], add: ['BPF', 'NET_RAW', 'PERFMON'] } });
      }
    }
  });

  it('what collects logs has at most one capability, to read files of any user', () => {
    for (const workload of WORKLOADS.filter((one) => PRIVILEGED[nameOf(one)] === LOG_FILES)) {
      for (const { securityContext } of workload.template.spec.containers) {
        const { capabilities, ...rest } = securityContext;
        expect(rest, workload.at).to.deep.equal({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
        expect(capabilities.drop).to.deep.equal(['ALL']);
        expect(['', 'DAC_READ_SEARCH'], workload.at).to.include(String(capabilities.add ?? ''));
      }
    }
  });

  it('only daemons on nodes look at the host, and only to read, but for where they remember how far they read', () => {
    for (const { at, kind, template } of WORKLOADS) {
      const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => template.spec[field] !== undefined);
      const paths = new Set((template.spec.volumes ?? []).filter((volume) => 'hostPath' in volume).map(({ name }) => name));
      if (kind !== 'DaemonSet') expect([...host, ...paths], at).to.deep.equal([]);
      const mounts = template.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts).filter(({ name }) => paths.has(name));
      const written = (template.spec.volumes ?? []).filter(({ name }) => mounts.some((mount) => mount.name === name && mount.readOnly !== true));
      expect(JSON.stringify(written.map(({ hostPath }) => hostPath)), at).to.match(/^\[(\{"path":"\/var\/lib\/belfry\/logs\/[a-z-]+","type":"DirectoryOrCreate"\})?\]$/);
    }
  });

  it('only what talks to the API server has a token', () => {
    const talkers = ['prometheus', 'kube-state-metrics', 'metrics-server', 'prometheus-adapter', 'node-problem-detector', 'network-flows', 'otel-collector', 'fluent-bit', 'fluentd'];
    for (const { at, template } of WORKLOADS) {
      expect(template.spec['automountServiceAccountToken'], at).to.equal(talkers.includes(template.metadata.labels['app.kubernetes.io/name'] ?? ''));
    }
  });

  it('selects its own pods, and those of no other workload of the stack', () => {
    for (const one of WORKLOADS) {
      const selected = WORKLOADS.filter(({ stack, template }) => stack === one.stack && Object.entries(one.workload.selector.matchLabels).every(([key, value]) => template.metadata.labels[key] === value));
      expect(selected.map(({ at }) => at)).to.deep.equal([one.at]);
    }
  });

  it('mounts what it has, and has what it mounts', () => {
    for (const { at, template, workload } of WORKLOADS) {
      const volumes = [...(template.spec.volumes ?? []).map(({ name }) => name), ...(workload.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name)];
      const mounted = template.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      expect([...new Set(mounted)].sort(), at).to.deep.equal(volumes.sort());
    }
  });
});
