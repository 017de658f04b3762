/** What a client would like of a reply (the Prefer header, RFC 7240), as far as Outlook's resources know it. */
export interface Prefer {
  /** `IdType="ImmutableId"`. */
  readonly immutableId: boolean;
  /** `odata.maxpagesize=50`. */
  readonly maxPageSize: number | undefined;
  /** `outlook.body-content-type="text"`. */
  readonly bodyContentType: 'html' | 'text' | undefined;
  /** `outlook.timezone="UTC"`. */
  readonly timeZone: string | undefined;
}

const nothing: Prefer = {
  immutableId: false,
  maxPageSize: undefined,
  bodyContentType: undefined,
  timeZone: undefined,
};

/** Clients say the same again and again. */
const known = new Map<string, Prefer>();
const knownAtMost = 256;

/** Reads a Prefer header; what is not known is passed over, as RFC 7240 section 2 says. */
export function parsePrefer(header: string | null): Prefer {
  if (header === null) return nothing;
  const before = known.get(header);
  if (before !== undefined) return before;
  const wanted: { -readonly [K in keyof Prefer]: Prefer[K] } = { ...nothing };
  for (const [, name = '', quoted, plain] of header.matchAll(/([\w.-]+)\s*=\s*(?:"([^"]*)"|([^\s,;]+))/g)) {
    const value = quoted ?? plain ?? '';
    switch (name.toLowerCase()) {
      case 'idtype':
        wanted.immutableId = value.toLowerCase() === 'immutableid';
        break;
      case 'odata.maxpagesize':
      case 'maxpagesize':
        if (/^[1-9]\d{0,8}$/.test(value)) wanted.maxPageSize = Number(value);
        break;
      case 'outlook.body-content-type':
        if (/^(?:text|html)$/i.test(value))
          wanted.bodyContentType = value.toLowerCase() === 'text' ? 'text' : 'html';
        break;
      case 'outlook.timezone':
        wanted.timeZone = value;
        break;
      default:
        break;
    }
  }
  if (known.size >= knownAtMost) known.clear();
  known.set(header, wanted);
  return wanted;
}
