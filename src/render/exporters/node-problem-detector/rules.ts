import type { NodeProblemRule } from '../../../api/cluster-settings.ts';

/** What a condition says while nothing is wrong. */
export interface HealthyCondition {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** The conditions that come with the detector. */
export const BUILTIN_CONDITIONS: readonly HealthyCondition[] = [
  { type: 'KernelDeadlock', reason: 'KernelHasNoDeadlock', message: 'the kernel has no deadlock' },
  { type: 'ReadonlyFilesystem', reason: 'FilesystemIsNotReadOnly', message: 'no file system was remounted read-only' },
  { type: 'XfsShutdown', reason: 'XfsHasNotShutDown', message: 'no XFS file system has shut down' },
  { type: 'HardwareError', reason: 'HardwareHasNoFatalError', message: 'the firmware reports no fatal error' },
];

/** What kernels of these years say when something is wrong, from their sources. With a condition: it stays until the node restarts. */
export const BUILTIN_RULES: readonly NodeProblemRule[] = [
  // mm/oom_kill.c: the first of a cgroup's limit or of the node, whichever
  { reason: 'OOMKilling', pattern: String.raw`(?:Out of memory|Memory cgroup out of memory): Killed process \d+ ` },
  // kernel/hung_task.c
  { reason: 'TaskHung', pattern: String.raw`task \S.*:\d+ blocked for more than \d+ seconds` },
  { condition: 'KernelDeadlock', reason: 'RuntimeHung', pattern: String.raw`task (?:containerd|dockerd|docker|crio|kubelet|runc)\S*:\d+ blocked for more than \d+ seconds` },
  // net/core/dev.c
  { reason: 'UnregisterNetDevice', pattern: String.raw`unregister_netdevice: waiting for \S+ to become free` },
  // arch/x86/mm/fault.c, arch/arm64/mm/fault.c
  { reason: 'KernelOops', pattern: String.raw`BUG: (?:unable to handle|kernel NULL pointer dereference)|Unable to handle kernel .* at virtual address` },
  { reason: 'KernelOops', pattern: String.raw`divide error: \d+ \[#\d+\]` },
  { reason: 'SoftLockup', pattern: String.raw`watchdog: BUG: soft lockup - CPU#\d+ stuck` },
  // fs/ext4/super.c
  { reason: 'Ext4Error', pattern: 'EXT4-fs error ' },
  { reason: 'Ext4Warning', pattern: 'EXT4-fs warning ' },
  { condition: 'ReadonlyFilesystem', reason: 'FilesystemIsReadOnly', pattern: 'Remounting filesystem read-only' },
  // fs/xfs/xfs_fsops.c
  { condition: 'XfsShutdown', reason: 'XfsHasShutDown', pattern: 'XFS .*[Ss]hutting down filesystem' },
  // fs/buffer.c, block/blk-core.c
  { reason: 'IOError', pattern: String.raw`Buffer I/O error on |(?:critical (?:medium|target)|I/O) error, dev \S+, sector ` },
  // drivers/edac, drivers/firmware/efi/cper.c
  { reason: 'MemoryReadError', pattern: 'CE memory (?:read )?error ' },
  { condition: 'HardwareError', reason: 'FatalHardwareError', pattern: String.raw`\[Hardware Error\]: event severity: fatal` },
  { reason: 'RecoveredHardwareError', pattern: String.raw`\[Hardware Error\]: event severity: (?:corrected|recoverable)` },
  // net/netfilter/nf_conntrack_core.c
  { reason: 'ConntrackFull', pattern: 'nf_conntrack: (?:nf_conntrack: )?table full, dropping packet' },
];
