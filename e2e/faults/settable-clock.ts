/**
 * Put before a program (`node --import`): a clock on the wall that can be set. At SIGUSR2 it goes by as many milliseconds as the
 * file BELFRY_CLOCK_SHIFT says. The clock that only goes forward (`performance.now`, timers) stays as it is, as on a real machine.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
let shiftMs = 0;

process.on('SIGUSR2', () => {
  shiftMs = Number(readFileSync(process.env['BELFRY_CLOCK_SHIFT'] ?? '', 'utf8'));
});

class SettableDate extends RealDate {
  constructor(...given: [] | [value: number]) {
    if (given.length === 0) super(RealDate.now() + shiftMs);
    else super(...given);
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}

globalThis.Date = SettableDate as DateConstructor;
