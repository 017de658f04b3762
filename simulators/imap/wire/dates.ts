const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const dayMs = 86_400_000;

/** `date-time` of INTERNALDATE and APPEND (RFC 3501 section 9), in UTC: ` 5-Jan-2026 08:00:00 +0000`. */
export function dateTimeText(ms: number): string {
  const date = new Date(ms);
  const [day, hour, minute, second] = [
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  const two = (value: number | undefined): string => String(value).padStart(2, '0');
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${two(day)}-${months[date.getUTCMonth()]}-${year} ${two(hour)}:${two(minute)}:${two(second)} +0000`;
}

const dateTime =
  /^([ 0-9][0-9])-([A-Za-z]{3})-([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})$/;

/** Milliseconds since the epoch; undefined when the text is no `date-time`. */
export function readDateTime(text: string): number | undefined {
  const match = dateTime.exec(text);
  const month = monthOf(match?.[2]);
  if (match === null || month === undefined) return undefined;
  const [, day, , year, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const dayNumber = Number(day);
  if (dayNumber < 1 || dayNumber > 31 || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  return Date.UTC(Number(year), month, dayNumber, Number(hour), Number(minute), Number(second)) - zoneMs;
}

/** A `date` of SEARCH as the number of its day since the epoch; undefined when the text is none. */
export function readDay(text: string): number | undefined {
  const match = /^"?([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4})"?$/.exec(text);
  const month = monthOf(match?.[2]);
  if (match === null || month === undefined) return undefined;
  const day = Number(match[1]);
  return day < 1 || day > 31 ? undefined : Math.floor(Date.UTC(Number(match[3]), month, day) / dayMs);
}

/** The day an instant is on, in UTC. */
export function dayOf(ms: number): number {
  return Math.floor(ms / dayMs);
}

const headerDate =
  /(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4}|\d{2})(?!\d|\s+\d{1,2}:\d{2}(?::\d{2})?[-+])(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:\s+(?:([+-])(\d{2})(\d{2})|[A-Za-z]+))?/;

/**
 * A Date header field (RFC 5322 section 3.3) as an instant, with its own day; undefined when there is none in it, or when
 * the year has three digits or the zone is part of the time, as Dovecot has it.
 */
export function readHeaderDate(text: string): { readonly ms: number; readonly day: number } | undefined {
  const match = headerDate.exec(text);
  const month = monthOf(match?.[2]);
  if (match === null || month === undefined) return undefined;
  const [
    ,
    day,
    ,
    yearText = '',
    hour = '0',
    minute = '0',
    second = '0',
    sign,
    zoneHours = '0',
    zoneMinutes = '0',
  ] = match;
  const short = Number(yearText);
  const year = yearText.length > 2 ? short : short < 50 ? 2000 + short : 1900 + short;
  const localMs = Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second));
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return { ms: localMs - zoneMs, day: dayOf(localMs) };
}

function monthOf(name: string | undefined): number | undefined {
  const month = months.findIndex((one) => one.toLowerCase() === name?.toLowerCase());
  return month < 0 ? undefined : month;
}
