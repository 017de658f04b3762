import type { SmtpPhase } from '../smtp/smtp-phase.ts';
import type { SmtpReply } from '../smtp/smtp-reply.ts';
import type { SmtpVerdict } from './smtp-verdict.ts';

/**
 * What a reply nobody knows means by the standards. The first digit of the basic code decides between "for now"
 * and "for good" (RFC 5321 4.2.1), also where the enhanced code says otherwise; the phase and the enhanced code's
 * subject (RFC 3463 3.x) decide whom it is about. Authentication is believed slowly: a refused credential alone
 * does not disable a mailbox at once.
 */
export function fallbackSmtp(reply: SmtpReply, phase: SmtpPhase): SmtpVerdict {
  const permanent = reply.code >= 500;
  if (reply.code === 421) return { class: 'transient', code: 'smtp-service-closing', scope: 'service' };
  switch (phase) {
    case 'connect':
    case 'greeting':
    case 'ehlo':
    case 'rset':
      return { class: 'transient', code: 'smtp-service-refused', scope: 'service' };
    case 'starttls':
      return permanent
        ? { class: 'config', code: 'smtp-starttls-refused', scope: 'service' }
        : { class: 'transient', code: 'smtp-starttls-unavailable', scope: 'service' };
    case 'auth':
      return fallbackAuth(reply, permanent);
    case 'mail':
    case 'rcpt':
    case 'data':
    case 'body':
    case 'final-dot':
      return fallbackMessage(reply, phase, permanent);
    default: {
      const never: never = phase;
      throw new Error(`No fallback for the SMTP phase ${String(never)}.`);
    }
  }
}

function fallbackAuth(reply: SmtpReply, permanent: boolean): SmtpVerdict {
  if (!permanent) return { class: 'transient', code: 'smtp-auth-temporary', scope: 'service' };
  // RFC 5321 4.2.3: 500-504 are about the command, RFC 4954 6: 530 and 538 about the way there, 534 about its strength.
  const aboutCommand = reply.code <= 504 || reply.code === 530 || reply.code === 534 || reply.code === 538;
  return aboutCommand
    ? { class: 'config', code: 'smtp-auth-not-possible', scope: 'service' }
    : { class: 'auth-maybe', code: 'smtp-auth-refused', scope: 'service' };
}

function fallbackMessage(
  reply: SmtpReply,
  phase: 'mail' | 'rcpt' | 'data' | 'body' | 'final-dot',
  permanent: boolean,
): SmtpVerdict {
  if (reply.code === 530) return { class: 'config', code: 'smtp-auth-required', scope: 'service' };
  if (reply.code === 503) return { class: 'transient', code: 'smtp-bad-sequence', scope: 'message' };
  if (permanent) {
    const tooLarge = reply.enhanced === '5.3.4' || (reply.code === 552 && phase !== 'rcpt');
    if (tooLarge) return { class: 'item-permanent', code: 'smtp-too-large', scope: 'message' };
    return phase === 'rcpt'
      ? { class: 'item-permanent', code: 'smtp-recipient-refused', scope: 'recipient' }
      : { class: 'item-permanent', code: 'smtp-message-refused', scope: 'message' };
  }
  // RFC 3463: x.3.z is the mail system, x.4.z the network; neither is about this message.
  const aboutServer = phase !== 'rcpt' && /^4\.[34]\./.test(reply.enhanced ?? '');
  if (aboutServer || phase === 'mail')
    return { class: 'transient', code: 'smtp-service-unwell', scope: 'service' };
  return phase === 'rcpt'
    ? { class: 'transient', code: 'smtp-recipient-deferred', scope: 'recipient' }
    : { class: 'transient', code: 'smtp-message-deferred', scope: 'message' };
}
