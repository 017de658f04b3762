import type { SmtpPhase } from './smtp-phase.ts';

const minute = 60_000;

/** RFC 5321 4.5.3.2; EHLO, STARTTLS, AUTH and RSET have none of their own and get that of MAIL. */
const standardMs: Readonly<Record<SmtpPhase, number>> = {
  connect: 5 * minute,
  greeting: 5 * minute,
  ehlo: 5 * minute,
  starttls: 5 * minute,
  auth: 5 * minute,
  rset: 5 * minute,
  mail: 5 * minute,
  rcpt: 5 * minute,
  data: 2 * minute,
  body: 3 * minute,
  'final-dot': 10 * minute,
};

export interface SmtpTimeouts {
  /** A silence longer than this ends the connection, in every phase before the final dot. */
  readonly silenceMs: number;
  /** Giving up here leaves the message uncertain, so it has a bound of its own. */
  readonly finalDotMs: number;
}

/** How long to wait for the server in a phase, ms. */
export function phaseTimeoutMs(phase: SmtpPhase, timeouts: SmtpTimeouts): number {
  return phase === 'final-dot' ? timeouts.finalDotMs : Math.min(standardMs[phase], timeouts.silenceMs);
}
