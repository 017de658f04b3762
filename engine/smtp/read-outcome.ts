import type { MessageStream } from './message-stream.ts';
import type { PhaseWatch } from './phase-watch.ts';
import type { RecipientAnswer, SendResult, SmtpTrouble } from './send-result.ts';
import type { SmtpPhase } from './smtp-phase.ts';
import { parseReply, type SmtpReply } from './smtp-reply.ts';

/** What is left of one `send` of nodemailer's connection once it is over. */
export interface SendRemains {
  readonly error: Error | undefined;
  readonly response: string | undefined;
  /** Set when we ended it, or the connection did. */
  readonly trouble: SmtpTrouble | undefined;
  readonly watch: PhaseWatch;
  readonly stream: MessageStream;
  /** The envelope as handed to nodemailer, which keeps its bookkeeping in it. */
  readonly envelope: { readonly to: readonly string[]; readonly rejectedErrors?: readonly unknown[] };
}

/**
 * Reads a typed result off what nodemailer left. Evidence, strongest first: a message whose end is still here was
 * not accepted, whatever was said; a refusal is a reply of 4yz or 5yz; an acceptance is one of 2yz; anything else
 * after the end has left proves nothing.
 */
export function sendResult(remains: SendRemains): SendResult {
  const { error, response, stream } = remains;
  const raw = response ?? textOf(error, 'response') ?? undefined;
  const reply = remains.trouble?.reply ?? (raw === undefined ? undefined : parseReply(raw));
  const refusal = reply !== undefined && reply.code >= 400 && reply.code <= 599 ? reply : undefined;
  const phase = phaseOf(remains, reply !== undefined);
  const recipients = answers(remains, phase);
  const trouble: SmtpTrouble = {
    phase,
    reply: refusal,
    cause: refusal === undefined ? (remains.trouble?.cause ?? (isLocal(error) ? 'local' : 'lost')) : 'reply',
    error,
  };
  if (refusal !== undefined) return { kind: 'refused', trouble: { ...trouble, reply: refusal }, recipients };
  if (stream.progress !== 'whole') return { kind: 'not-handed', trouble, recipients };
  if (error === undefined && reply !== undefined && reply.code >= 200 && reply.code <= 299)
    return { kind: 'accepted', reply, recipients };
  return { kind: 'unknown', trouble, recipients };
}

function phaseOf({ error, trouble, watch, stream }: SendRemains, answered: boolean): SmtpPhase {
  if (stream.progress === 'whole') return 'final-dot';
  if (stream.progress === 'partly') return 'body';
  switch (textOf(error, 'command')) {
    case 'MAIL FROM':
      return 'mail';
    case 'RCPT TO':
      return 'rcpt';
    case 'DATA':
      return 'data';
    default:
      return answered ? watch.answeredPhase : (trouble?.phase ?? watch.phase);
  }
}

function answers({ envelope }: SendRemains, phase: SmtpPhase): readonly RecipientAnswer[] {
  const refusals = new Map<string, SmtpReply>();
  // After a refused MAIL the server refuses every RCPT for want of one: that says nothing about the recipients.
  if (phase !== 'mail') {
    for (const error of envelope.rejectedErrors ?? []) {
      const address = textOf(error, 'recipient');
      const reply = parseReply(textOf(error, 'response') ?? '');
      if (address !== undefined && reply !== undefined) refusals.set(address, reply);
    }
  }
  return envelope.to.map((address) => ({ address, refusal: refusals.get(address) }));
}

function isLocal(error: Error | undefined): boolean {
  const code = textOf(error, 'code');
  return code === 'EENVELOPE' || code === 'EMESSAGE' || code === 'ESTREAM';
}

function textOf(error: unknown, field: 'response' | 'command' | 'recipient' | 'code'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
