import { expect } from 'chai';
import { timeIntervalProblems, type TimeInterval } from './time-interval.ts';

const GOOD: readonly TimeInterval[] = [
  {},
  { times: [{ start_time: '00:00', end_time: '24:00' }] },
  { weekdays: ['monday', 'Tuesday:FRIDAY', 'sunday:saturday'] },
  { days_of_month: ['1', '1:31', '-7:-1', '20:-1', '-31'] },
  { months: ['1', 'january:March', '10:december'] },
  { years: ['2026', '2026:2028'] },
  { location: 'Europe/Berlin' }, { location: 'UTC' }, { location: 'Etc/GMT+5' }, { location: 'Asia/Kolkata' }, { location: 'US/Pacific' },
];

const BAD: readonly (readonly [interval: TimeInterval, path: string, message: string])[] = [
  [{ times: [{ start_time: '8:00', end_time: '09:00' }] }, 'times[0]', '"8:00" is no time of day: write HH:MM, from 00:00 to 24:00'],
  [{ times: [{ start_time: '00:00', end_time: '24:30' }] }, 'times[0]', '"24:30" is no time of day: write HH:MM, from 00:00 to 24:00'],
  [{ times: [{ start_time: '22:00', end_time: '06:00' }] }, 'times[0]', '22:00 to 06:00 is empty, for times do not run over midnight: write two ranges, 22:00 to 24:00 and 00:00 to 06:00'],
  [{ weekdays: ['monday', 'fri'] }, 'weekdays[1]', '"fri" is no weekday: write friday'],
  [{ weekdays: ['saturday:sunday'] }, 'weekdays[0]', 'saturday:sunday runs over the end of the week, which starts on sunday: write two entries, saturday and sunday'],
  [{ weekdays: ['friday:sunday'] }, 'weekdays[0]', 'friday:sunday runs over the end of the week, which starts on sunday: write two entries, friday:saturday and sunday'],
  [{ weekdays: ['friday:monday'] }, 'weekdays[0]', 'friday:monday runs over the end of the week, which starts on sunday: write two entries, friday:saturday and sunday:monday'],
  [{ days_of_month: ['0'] }, 'days_of_month[0]', '0 is no day of the month: write 1 to 31, or -1 to -31 counted from the end'],
  [{ days_of_month: ['7:1'] }, 'days_of_month[0]', '7:1 ends before it starts: put the earlier day first'],
  [{ days_of_month: ['-1:1'] }, 'days_of_month[0]', '-1:1 starts from the end of the month, so it must end there too: make the second number negative'],
  [{ days_of_month: ['first'] }, 'days_of_month[0]', '"first" is no day of the month: write 1 to 31, -1 to -31 from the end, or a range like 1:7'],
  [{ months: ['sept'] }, 'months[0]', '"sept" is no month: write september'],
  [{ months: ['november:february'] }, 'months[0]', 'november:february runs over the end of the year: write two entries, 11:12 and 1:2'],
  [{ months: ['13'] }, 'months[0]', '13 is no month: write 1 to 12, or the English name'],
  [{ years: ['2028:2026'] }, 'years[0]', '2028:2026 ends before it starts: put the earlier year first'],
  [{ years: ['26th'] }, 'years[0]', '"26th" is no year: write it in full, like 2026, or a range like 2026:2028'],
  [{ location: 'europe/berlin' }, 'location', '"europe/berlin" is spelt Europe/Berlin'],
  [{ location: 'Berlin' }, 'location', '"Berlin" is no time zone: write a name from the IANA list, like Europe/Berlin'],
  [{ location: '+01:00' }, 'location', '"+01:00" is no time zone: write a name from the IANA list, like Europe/Berlin'],
];

describe('formats/alertmanager/time-interval', () => {
  for (const interval of GOOD) {
    it(`takes ${JSON.stringify(interval)}`, () => {
      expect(timeIntervalProblems(interval)).to.deep.equal([]);
    });
  }
  for (const [interval, path, message] of BAD) {
    it(`refuses ${JSON.stringify(interval)}`, () => {
      expect(timeIntervalProblems(interval)).to.deep.equal([{ path, message }]);
    });
  }
});
