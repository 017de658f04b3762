import { domainToASCII } from 'node:url';
import type { OutgoingEmail } from '../records/email.ts';
import type { RecipientAnswer } from '../smtp/send-result.ts';

/** Who gets a message at this attempt. */
export interface Envelope {
  /** Addresses as they go over the wire, each once. */
  readonly to: readonly string[];
  /** Recipients no server could be given, with the reply one would have had (RFC 5321, RFC 6531). */
  readonly unsendable: readonly RecipientAnswer[];
}

/** The recipients of a row that are still to be tried. */
export function envelopeOf(email: OutgoingEmail, takesUtf8: boolean): Envelope {
  const to = new Set<string>();
  const unsendable: RecipientAnswer[] = [];
  for (const { address, outcome } of email.recipients) {
    if (outcome !== 'pending') continue;
    const wire = wireAddress(address);
    if (wire === undefined)
      unsendable.push(refused(address, 553, '5.1.3', 'The address is not one that SMTP can carry'));
    else if (!takesUtf8 && /[^\x20-\x7e]/.test(wire))
      unsendable.push(refused(wire, 553, '5.6.7', 'The server offers no SMTPUTF8, which the address needs'));
    else to.add(wire);
  }
  return { to: [...to], unsendable };
}

/** The address with its domain in lower case ASCII (RFC 5890); `undefined` when no server can be given it. */
export function wireAddress(address: string): string | undefined {
  const trimmed = address.trim();
  const at = trimmed.lastIndexOf('@');
  if (at <= 0 || at === trimmed.length - 1 || /[\s<>\x00-\x1f\x7f]/.test(trimmed)) return undefined;
  const domain = trimmed.slice(at + 1);
  const ascii = domain.startsWith('[') ? domain : domainToASCII(domain);
  return ascii === '' ? undefined : `${trimmed.slice(0, at)}@${ascii}`;
}

function refused(address: string, code: number, enhanced: string, text: string): RecipientAnswer {
  return { address: address.trim(), refusal: { code, enhanced, text } };
}
