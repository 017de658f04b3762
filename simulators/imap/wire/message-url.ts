/** What an IMAP URL says of a message or a part of one (RFC 5092). */
export interface MessageUrl {
  /** In characters; undefined: the selected one. */
  readonly mailbox: string | undefined;
  readonly uidValidity: number | undefined;
  readonly uid: number;
  /** As in `BODY[…]`; empty for the whole message. */
  readonly section: string;
  /** `size` is undefined up to the end. */
  readonly partial: { readonly origin: number; readonly size: number | undefined } | undefined;
}

const form = new RegExp(
  [
    '^(?:/([^;]+?)(?:;UIDVALIDITY=([0-9]{1,10}))?/)?',
    ';UID=([0-9]{1,10})',
    '(?:/;SECTION=([^;]+?))?',
    '(?:/;PARTIAL=([0-9]{1,15})(?:\\.([0-9]{1,15}))?)?/?$',
  ].join(''),
  'i',
);

/** Reads a URL without a server: `/box;UIDVALIDITY=1/;UID=20/;SECTION=1.2/;PARTIAL=0.100`. Undefined when it is none. */
export function readMessageUrl(text: string): MessageUrl | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, mailbox, uidValidity, uid, section, origin, size] = match;
  const [name, part] = [decoded(mailbox), decoded(section ?? '')];
  if ((mailbox !== undefined && (name === undefined || name === '')) || part === undefined) return undefined;
  if (Number(uid) === 0 || uidValidity === '0' || size === '0') return undefined;
  return {
    mailbox: name,
    uidValidity: uidValidity === undefined ? undefined : Number(uidValidity),
    uid: Number(uid),
    section: part,
    partial:
      origin === undefined
        ? undefined
        : { origin: Number(origin), size: size === undefined ? undefined : Number(size) },
  };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
