import type { NodeExporterSettings } from '../../../api/defaults.ts';

/** Where the container sees the node's root file system. */
export const HOST_ROOT = '/host/root';

/** What container runtimes, CNI plugins and the kubelet mount for each pod: churn without news. */
const MOUNT_POINTS = '^/(dev|proc|sys|run/(containerd|docker|netns|credentials|user)/.+|var/lib/(docker|containerd|containers/storage|kubelet/(pods|plugins))/.+)($|/)';
const FS_TYPES =
  '^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|erofs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs|tmpfs)$';
/** One end of each pod's link, and what CNI plugins add: Calico, Cilium, Flannel, Weave, AWS, Kindnet, Antrea. */
const POD_DEVICES = '^(veth.*|cali.*|lxc.*|cilium_.*|flannel.*|cni.*|vethwe.*|azv.*|eni.*|gke.*|kube-ipvs.*|nodelocaldns|[a-f0-9]{15})$';

/** The node exporter's command line. */
export function nodeExporterFlags({ port, systemdUnits, textfileDirectory, pod }: NodeExporterSettings): string[] {
  return [
    // The node's network: only this port is ours.
    `--web.listen-address=:${port}`,
    '--path.procfs=/host/proc',
    '--path.sysfs=/host/sys',
    `--path.rootfs=${HOST_ROOT}`,
    `--path.udev.data=${HOST_ROOT}/run/udev/data`,
    `--collector.filesystem.mount-points-exclude=${MOUNT_POINTS}`,
    `--collector.filesystem.fs-types-exclude=${FS_TYPES}`,
    `--collector.netclass.ignored-devices=${POD_DEVICES}`,
    `--collector.netdev.device-exclude=${POD_DEVICES}`,
    // Collectors that find nothing from inside a container, or ask hardware that nodes do not have.
    '--no-collector.wifi',
    '--no-collector.btrfs',
    ...(systemdUnits === undefined ? [] : ['--collector.systemd', '--collector.systemd.enable-restarts-metrics', `--collector.systemd.unit-include=${systemdUnits}`]),
    // Without a directory this collector is on all the same, reads nothing, and says that it failed at nothing.
    ...(textfileDirectory === undefined ? [] : [`--collector.textfile.directory=${HOST_ROOT}${textfileDirectory}`]),
    ...(pod.extraArgs ?? []),
  ];
}
