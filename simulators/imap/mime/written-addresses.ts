import type { EnvelopeAddress } from './addresses.ts';

/** Characters a word may have without quotes (RFC 5322 section 3.2.3), and what is beyond ASCII. */
const bare = /^[-A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\uffff]*$/;

/**
 * An address list in one form, however it was written: `name <mailbox@host>`, names with quotes where they need them,
 * comments gone. It is what Dovecot searches for FROM, TO, CC and BCC.
 */
export function writtenAddresses(addresses: readonly EnvelopeAddress[]): string {
  let text = '';
  let inGroup = false;
  let between = '';
  for (const { name, route, mailbox, host } of addresses) {
    if (host === undefined) {
      text += inGroup ? ';' : `${between}${mailbox ? word(mailbox) : '""'}: `;
      between = inGroup ? ', ' : '';
      inGroup = !inGroup;
      continue;
    }
    const phrase = name === undefined ? '' : `${word(name)} `;
    const way = route === undefined ? '' : `${route}:`;
    text += `${between}${phrase}<${way}${dotted(mailbox ?? '')}@${host}>`;
    between = ', ';
  }
  return text;
}

function word(text: string): string {
  // An encoded word is left to be decoded.
  return bare.test(text) || text.includes('=?') ? text : quoted(text);
}

function dotted(text: string): string {
  return bare.test(text.replaceAll('.', '')) ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
