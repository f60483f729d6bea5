import { expect } from 'chai';
import { compileRe2 } from '../../../formats/prometheus/re2.ts';
import { kernelMonitorConfig } from './config.ts';

interface Config {
  readonly conditions: readonly { readonly type: string; readonly reason: string }[];
  readonly rules: readonly { readonly type: string; readonly condition?: string; readonly reason: string; readonly pattern: string }[];
}

const own = [{ condition: 'NetworkCardFailed', reason: 'FirmwareCrashed', pattern: 'mlx5_core .* firmware fatal error' }, { reason: 'LinkDown', pattern: 'eth[0-9]+: Link is Down' }];
const { conditions, rules } = JSON.parse(kernelMonitorConfig(own)) as Config;

/** The rules that a line of the kernel log sets off: a match has to reach its end, as the detector wants it. */
function reasons(line: string): string[] {
  return rules.flatMap(({ pattern, reason, condition }) => {
    const compiled = compileRe2(String.raw`${pattern}\z`);
    if (typeof compiled === 'string') throw new Error(compiled);
    return compiled.matches(line) ? [condition === undefined ? reason : `${condition}/${reason}`] : [];
  });
}

describe('render/exporters/node-problem-detector/rules', () => {
  const LINES: readonly (readonly [line: string, ...reasons: string[]])[] = [
    ['Out of memory: Killed process 1234 (stress) total-vm:1234kB, anon-rss:1000kB, file-rss:0kB, UID:0 oom_score_adj:0', 'OOMKilling'],
    ['Memory cgroup out of memory: Killed process 4321 (java) total-vm:99kB, anon-rss:9kB, file-rss:0kB, UID:1000 oom_score_adj:968', 'OOMKilling'],
    ['INFO: task jbd2/sda1-8:210 blocked for more than 120 seconds.', 'TaskHung'],
    ['INFO: task containerd-shim:4711 blocked for more than 241 seconds.', 'TaskHung', 'KernelDeadlock/RuntimeHung'],
    ['unregister_netdevice: waiting for eth0 to become free. Usage count = 1', 'UnregisterNetDevice'],
    ['BUG: unable to handle page fault for address: ffffb0a1c0000000', 'KernelOops'],
    ['BUG: kernel NULL pointer dereference, address: 0000000000000008', 'KernelOops'],
    ['Unable to handle kernel paging request at virtual address ffff000000000000', 'KernelOops'],
    ['divide error: 0000 [#1] SMP', 'KernelOops'],
    ['watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [stress:77]', 'SoftLockup'],
    ['EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory', 'Ext4Error'],
    ['EXT4-fs warning (device sda1): ext4_end_bio:344: I/O error 10 writing to inode 12', 'Ext4Warning'],
    ['EXT4-fs (sda1): Remounting filesystem read-only', 'ReadonlyFilesystem/FilesystemIsReadOnly'],
    ['XFS (dm-3): Corruption of in-memory data detected.  Shutting down filesystem', 'XfsShutdown/XfsHasShutDown'],
    ['Buffer I/O error on dev sdb1, logical block 0, async page read', 'IOError'],
    ['blk_update_request: I/O error, dev sda, sector 2048 op 0x0:(READ) flags 0x80700', 'IOError'],
    ['critical medium error, dev nvme0n1, sector 81920 op 0x0:(READ)', 'IOError'],
    ['EDAC MC0: 1 CE memory read error on CPU_SrcID#0', 'MemoryReadError'],
    ['{1}[Hardware Error]: event severity: fatal', 'HardwareError/FatalHardwareError'],
    ['{1}[Hardware Error]: event severity: corrected', 'RecoveredHardwareError'],
    ['nf_conntrack: nf_conntrack: table full, dropping packet', 'ConntrackFull'],
    ['mlx5_core 0000:5e:00.0: poll_health:800: device\'s health compromised - firmware fatal error 9', 'NetworkCardFailed/FirmwareCrashed'],
    ['igb 0000:03:00.0 eth0: Link is Down', 'LinkDown'],
    ['igb 0000:03:00.0 eth0: Link is Up'],
    ['EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.'],
    ['Linux version 6.12.0 (gcc 14)'],
  ];
  for (const [line, ...wanted] of LINES) it(`${wanted.length > 0 ? `${wanted.join(' and ')} from` : 'nothing from'} "${line.slice(0, 60)}"`, () => expect(reasons(line)).to.deep.equal(wanted));

  it('has a healthy state for each condition, once', () => {
    const used = new Set(rules.flatMap(({ condition }) => condition ?? []));
    expect(new Set(conditions.map(({ type }) => type))).to.deep.equal(used);
    expect(conditions.length).to.equal(used.size);
  });

  it('lets a user add to a condition that comes with it', () => {
    const config = JSON.parse(kernelMonitorConfig([{ condition: 'ReadonlyFilesystem', reason: 'BtrfsIsReadOnly', pattern: 'BTRFS info .* forced readonly' }])) as Config;
    expect(config.conditions.filter(({ type }) => type === 'ReadonlyFilesystem')).to.have.length(1);
  });
});
