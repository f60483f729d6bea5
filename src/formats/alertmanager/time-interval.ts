/** When: all that is set must hold (Alertmanager's time_interval, timeinterval/timeinterval.go). */
export interface TimeInterval {
  /** HH:MM; the end is exclusive, up to 24:00. */
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
  readonly weekdays?: readonly string[];
  readonly days_of_month?: readonly string[];
  readonly months?: readonly string[];
  readonly years?: readonly string[];
  /** IANA name; default UTC. */
  readonly location?: string;
}

/** Something that Alertmanager would refuse, or that could never hold. */
export interface TimeIntervalProblem {
  /** Field and index, like `weekdays[0]`. */
  readonly path: string;
  /** A sentence that names the value and the mend. */
  readonly message: string;
}

/** Everything that is wrong with a time interval. */
export function timeIntervalProblems(interval: TimeInterval): TimeIntervalProblem[] {
  return [
    ...each('times', interval.times, ({ start_time, end_time }) => timesProblem(start_time, end_time)),
    ...each('weekdays', interval.weekdays, weekdayProblem),
    ...each('days_of_month', interval.days_of_month, dayOfMonthProblem),
    ...each('months', interval.months, monthProblem),
    ...each('years', interval.years, yearProblem),
    ...each('location', interval.location === undefined ? undefined : [interval.location], locationProblem).map((problem) => ({ ...problem, path: 'location' })),
  ];
}

function each<T>(field: string, values: readonly T[] | undefined, problemOf: (value: T) => string | undefined): TimeIntervalProblem[] {
  return (values ?? []).flatMap((value, index) => {
    const message = problemOf(value);
    return message === undefined ? [] : [{ path: `${field}[${index}]`, message }];
  });
}

const TIME = /^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/;

function timesProblem(start: string, end: string): string | undefined {
  const wrong = [start, end].find((time) => !TIME.test(time));
  if (wrong !== undefined) return `"${wrong}" is no time of day: write HH:MM, from 00:00 to 24:00`;
  // Of one width, so their order as text is their order in the day.
  if (start < end) return undefined;
  return `${start} to ${end} is empty, for times do not run over midnight: write two ranges, ${start} to 24:00 and 00:00 to ${end}`;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** The ends of `a` or `a:b`, each read by `member`; or the part that cannot be read. */
function range(text: string, member: (part: string) => number | undefined): { begin: number; end: number } | { wrong: string } {
  const parts = text.toLowerCase().split(':');
  if (parts.length > 2) return { wrong: text };
  const [first = '', last = first] = parts;
  const begin = member(first);
  if (begin === undefined) return { wrong: first };
  const end = member(last);
  return end === undefined ? { wrong: last } : { begin, end };
}

// As Go's strconv.Atoi reads it.
function integer(text: string): number | undefined {
  const value = /^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

function indexIn(names: readonly string[]): (name: string) => number | undefined {
  return (name) => (names.includes(name) ? names.indexOf(name) : undefined);
}

function weekdayProblem(text: string): string | undefined {
  const days = range(text, indexIn(WEEKDAYS));
  if ('wrong' in days) {
    const short = WEEKDAYS.find((day) => days.wrong.length >= 2 && day.startsWith(days.wrong));
    return `"${days.wrong}" is no weekday: write ${short ?? `one of ${WEEKDAYS.join(', ')}, or a range like monday:friday`}`;
  }
  if (days.begin <= days.end) return undefined;
  const [begin = '', end = ''] = [WEEKDAYS[days.begin], WEEKDAYS[days.end]];
  if (end === 'sunday') {
    const rest = begin === 'saturday' ? 'saturday' : `${begin}:saturday`;
    return `${begin}:sunday runs over the end of the week, which starts on sunday: write two entries, ${rest} and sunday`;
  }
  return `${begin}:${end} runs over the end of the week, which starts on sunday: write two entries, ${begin}:saturday and sunday:${end}`;
}

/** Checks as Alertmanager does, with 28 days for the shortest month where days count from its end. */
function dayOfMonthProblem(text: string): string | undefined {
  const days = range(text, integer);
  if ('wrong' in days) return `"${days.wrong}" is no day of the month: write 1 to 31, -1 to -31 from the end, or a range like 1:7`;
  const { begin, end } = days;
  const outside = [begin, end].find((day) => day === 0 || day < -31 || day > 31);
  if (outside !== undefined) return `${outside} is no day of the month: write 1 to 31, or -1 to -31 counted from the end`;
  if (begin < 0 && end > 0) return `${text} starts from the end of the month, so it must end there too: make the second number negative`;
  if (shortestMonth(begin) > shortestMonth(end)) return `${text} ends before it starts: put the earlier day first`;
  return undefined;
}

function shortestMonth(day: number): number {
  return day < 0 ? 28 + day : day;
}

function monthProblem(text: string): string | undefined {
  const months = range(text, (part) => {
    const named = indexIn(MONTHS)(part);
    return named === undefined ? integer(part) : named + 1;
  });
  if ('wrong' in months) {
    const short = MONTHS.find((month) => months.wrong.length >= 3 && month.startsWith(months.wrong));
    return `"${months.wrong}" is no month: write ${short ?? 'its English name or its number, or a range like 1:3'}`;
  }
  const { begin, end } = months;
  // Alertmanager takes month 13, which then never comes.
  const outside = [begin, end].find((month) => month < 1 || month > 12);
  if (outside !== undefined) return `${outside} is no month: write 1 to 12, or the English name`;
  if (begin > end) return `${text} runs over the end of the year: write two entries, ${begin}:12 and 1:${end}`;
  return undefined;
}

function yearProblem(text: string): string | undefined {
  const years = range(text, integer);
  if ('wrong' in years) return `"${years.wrong}" is no year: write it in full, like 2026, or a range like 2026:2028`;
  return years.begin > years.end ? `${text} ends before it starts: put the earlier year first` : undefined;
}

/** Go looks zones up by file name, so their case counts; JavaScript's does not. */
function locationProblem(name: string): string | undefined {
  if (name === 'UTC' || name === 'Local' || name === '') return undefined;
  const canonical = /^[A-Za-z]/.test(name) ? canonicalZone(name) : undefined;
  if (canonical === undefined) return `"${name}" is no time zone: write a name from the IANA list, like Europe/Berlin`;
  if (canonical === name) return undefined;
  if (canonical.toLowerCase() === name.toLowerCase()) return `"${name}" is spelt ${canonical}`;
  // An alias, whose own spelling is not to be had: every part starts with a capital.
  return name.split('/').every((part) => /^[A-Z]/.test(part)) ? undefined : `"${name}" must be spelt as in the IANA list, or as its newer name ${canonical}`;
}

function canonicalZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined; // a RangeError: not known
  }
}
