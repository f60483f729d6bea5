/** What a process has used so far, as /proc shows it (proc(5)). Linux only. */
import { readFile } from 'node:fs/promises';

/** Memory of a process in bytes: what it has now, and the most it ever had. */
export interface Memory {
  readonly now: number;
  readonly peak: number;
}

/** Ticks of /proc/PID/stat in a second (sysconf _SC_CLK_TCK), which is 100 on every Linux that Node.js runs on. */
const TICKS = 100;

/** CPU seconds of a process, all threads, user and system, since it began. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces; utime and stime are fields 14 and 15, that is 11 and 12 after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** VmRSS and VmHWM of a process. */
export async function memory(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { now: field('VmRSS'), peak: field('VmHWM') };
}
