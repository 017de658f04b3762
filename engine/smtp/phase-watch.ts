import type { Clock } from '../ports/clock.ts';
import type { SmtpPhase } from './smtp-phase.ts';
import { phaseTimeoutMs, type SmtpTimeouts } from './smtp-timeouts.ts';

/** A reply code is 2 to 5 and two digits more (RFC 5321 4.2). */
const replyLine = /^[2-5]\d\d(?:[ -]|$)/;

/**
 * Knows what the client is waiting for, and for how long. It is fed by nodemailer's transaction log, the one public
 * place that shows each command and each reply as it happens: its errors alone do not tell a connection lost at
 * RCPT from one lost after the final dot. With PIPELINING the commands leave together, so while a message is sent
 * the phase follows from the number of replies.
 */
export class PhaseWatch {
  /** The EHLO reply that counts (the last one). */
  ehlo = '';
  #phase: SmtpPhase = 'greeting';
  #recipients: number | undefined;
  #replies = 0;
  #timer: object | undefined;
  readonly #clock: Clock;
  readonly #timeouts: SmtpTimeouts;
  readonly #onTimeout: () => void;
  readonly #onNonsense: () => void;

  /** `onNonsense` is called, before nodemailer acts on it, for an answer to a message that is no SMTP reply, or not to that command. */
  constructor(clock: Clock, timeouts: SmtpTimeouts, onTimeout: () => void, onNonsense: () => void) {
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#onTimeout = onTimeout;
    this.#onNonsense = onNonsense;
  }

  /** What is being waited for now. */
  get phase(): SmtpPhase {
    return this.#phase;
  }

  /** What the reply that came last was an answer to. */
  get answeredPhase(): SmtpPhase {
    if (this.#recipients === undefined || this.#phase === 'body' || this.#phase === 'final-dot')
      return this.#phase;
    return envelopePhase(Math.max(this.#replies - 1, 0), this.#recipients);
  }

  enter(phase: SmtpPhase): void {
    this.#recipients = undefined;
    this.#to(phase);
  }

  /** A message to so many recipients begins. */
  enterEnvelope(recipients: number): void {
    this.#recipients = recipients;
    this.#replies = 0;
    this.#to('mail');
  }

  enterBody(phase: 'body' | 'final-dot'): void {
    this.#to(phase);
  }

  /** Nothing is being waited for. */
  rest(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** nodemailer's logger: `entry.tnx` is `client` for a command, `server` for a reply. */
  readonly log = (entry: unknown, text: unknown): void => {
    if (typeof entry !== 'object' || entry === null || !('tnx' in entry) || typeof text !== 'string') return;
    if (entry.tnx === 'client') this.#command(text);
    else if (entry.tnx === 'server') this.#reply(text);
  };

  #command(text: string): void {
    if (text.startsWith('EHLO') || text.startsWith('HELO')) this.#to('ehlo');
    else if (text === 'STARTTLS') this.#to('starttls');
  }

  #reply(text: string): void {
    if (this.#recipients === undefined) {
      if (this.#phase === 'ehlo') this.ehlo = text;
      this.#to(this.#phase);
      return;
    }
    if (!replyLine.test(text) || this.#outOfStep(text)) {
      this.#onNonsense();
      return;
    }
    this.#replies += 1;
    if (this.#phase !== 'body' && this.#phase !== 'final-dot')
      this.#to(envelopePhase(this.#replies, this.#recipients));
  }

  /**
   * DATA is answered by 354 and nothing else is (RFC 5321 4.3.2): a reply that was said twice makes all later ones
   * answers to another command, and says of a recipient what was said of his neighbour.
   */
  #outOfStep(text: string): boolean {
    if (this.#recipients === undefined || this.#phase === 'body' || this.#phase === 'final-dot') return false;
    return text.startsWith(this.#replies === this.#recipients + 1 ? '2' : '3');
  }

  #to(phase: SmtpPhase): void {
    this.#phase = phase;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(this.#onTimeout, phaseTimeoutMs(phase, this.#timeouts));
  }
}

function envelopePhase(replies: number, recipients: number): 'mail' | 'rcpt' | 'data' {
  if (replies === 0) return 'mail';
  return replies <= recipients ? 'rcpt' : 'data';
}
