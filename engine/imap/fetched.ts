import { bytesOf, isAtom, listOf, type Reply, type Token, textOf, textsOf } from './token.ts';

/** What one FETCH reply told of a message; what it left out is left out. */
export interface Fetched {
  readonly uid?: number;
  readonly flags?: ReadonlySet<string>;
  readonly sizeBytes?: number;
  readonly internalDateMs?: number;
  readonly modseq?: bigint;
  readonly gmailId?: string;
  readonly source?: Buffer;
}

/** Reads an untagged FETCH reply. What cannot be read counts as left out. */
export function readFetched({ attributes }: Reply): Fetched {
  const items = listOf(attributes?.[1]);
  const fetched: { -readonly [Key in keyof Fetched]: Fetched[Key] } = {};
  for (let at = 0; at + 1 < items.length; at += 2) {
    const name = nameOf(items[at]);
    const value = items[at + 1];
    switch (name) {
      case 'UID':
        setNumber(fetched, 'uid', value);
        break;
      case 'RFC822.SIZE':
        setNumber(fetched, 'sizeBytes', value);
        break;
      case 'FLAGS':
        // \Recent is of the session, not of the message (RFC 3501 2.3.2).
        fetched.flags = new Set(textsOf(value).filter((flag) => flag.toLowerCase() !== '\\recent'));
        break;
      case 'INTERNALDATE': {
        const at = Date.parse(dateOf(textOf(value) ?? ''));
        if (!Number.isNaN(at)) fetched.internalDateMs = at;
        break;
      }
      case 'MODSEQ': {
        const [modseq = ''] = textsOf(value);
        if (/^\d{1,20}$/.test(modseq)) fetched.modseq = BigInt(modseq);
        break;
      }
      case 'X-GM-MSGID': {
        const id = textOf(value);
        if (id !== undefined) fetched.gmailId = id;
        break;
      }
      case 'BODY': {
        const source = bytesOf(value);
        if (source !== undefined) fetched.source = source;
        break;
      }
      default:
    }
  }
  return fetched;
}

function nameOf(token: Token | undefined): string {
  if (token === undefined || token === null || !isAtom(token)) return '';
  return typeof token.value === 'string' ? token.value.toUpperCase() : '';
}

function setNumber(
  fetched: { uid?: number; sizeBytes?: number },
  name: 'uid' | 'sizeBytes',
  value?: Token,
): void {
  const text = textOf(value) ?? '';
  if (/^\d{1,15}$/.test(text)) fetched[name] = Number(text);
}

/** `17-Jul-1996 02:44:25 -0700` (RFC 9051 9, date-time) as ECMAScript reads dates. */
function dateOf(text: string): string {
  return text.trim().replace(/^(\d{1,2})-([A-Za-z]{3})-(\d{4}) /, '$1 $2 $3 ');
}
