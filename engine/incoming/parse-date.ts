const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 5322 4.3. Zones nobody can tell apart count as UTC, as it asks. */
const zoneMinutes: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

const shape =
  /^\s*(?:[a-z]{3,9}\.?\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?[\s-]+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([+-]\d{4}|[a-z]{1,5})?/i;
const iso = /^\s*\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})\s*$/i;

/**
 * An instant (ms since epoch) from a Date header or the end of a Received header (RFC 5322 3.3, with the obsolete
 * forms), or undefined. Neither the host's zone nor its clock has a say in it: a date without a zone is UTC.
 */
export function parseDate(text: string): number | undefined {
  const plain = text.slice(0, 200).replace(/\([^()]*\)/g, ' ');
  const match = shape.exec(plain);
  if (match === null) return iso.test(plain) ? finite(Date.parse(plain.trim())) : undefined;
  const [, day, monthName, year, hour, minute, second, zone] = match;
  const month = months.indexOf(monthName!.toLowerCase());
  const [d, h, m, s] = [Number(day), Number(hour), Number(minute), Number(second ?? 0)];
  if (month === -1 || d < 1 || d > 31 || h > 23 || m > 59 || s > 60) return undefined;
  const utc = Date.UTC(fullYear(year!), month, d, h, m, s);
  return finite(utc - offsetMinutes(zone ?? '') * 60_000);
}

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

function offsetMinutes(zone: string): number {
  const numeric = /^([+-])(\d{2})(\d{2})$/.exec(zone);
  if (numeric === null) return zoneMinutes[zone.toUpperCase()] ?? 0;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  return numeric[1] === '-' ? -minutes : minutes;
}

function finite(instant: number): number | undefined {
  return Number.isFinite(instant) ? instant : undefined;
}
