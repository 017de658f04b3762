const lf = 10;
const cr = 13;

/** True when a line ends with LF alone, which RFC 5321 section 2.3.8 forbids and some servers refuse. */
export function hasBareLineFeed(raw: Buffer): boolean {
  for (let at = raw.indexOf(lf); at >= 0; at = raw.indexOf(lf, at + 1)) if (raw[at - 1] !== cr) return true;
  return false;
}
