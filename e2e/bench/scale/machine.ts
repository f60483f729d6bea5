/** The machine in neutral words, so that figures can be judged. */
import { cpus, release, totalmem } from 'node:os';

/** Like `2 cores (Model), 24 GiB, Linux 6.1, Node.js v24.1.0`. */
export function describeMachine(): string {
  const all = cpus();
  const model = (all[0]?.model ?? '').replace(/\s+/g, ' ').trim();
  const gib = Math.round(totalmem() / 1024 ** 3);
  return `${all.length} cores${model === '' || model === 'unknown' ? '' : ` (${model})`}, ${gib} GiB, Linux ${release().split('.').slice(0, 2).join('.')}, Node.js ${process.version}`;
}
