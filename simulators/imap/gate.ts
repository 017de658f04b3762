import { breachOutcome } from '../limits/breach-outcome.ts';
import type { Cost } from '../limits/limiter.ts';
import { fill } from '../profiles/fill.ts';
import { type Means, outcomeOf } from '../rules/outcome.ts';
import type { Phase, Site } from '../rules/rule.ts';
import { Plan } from './plan.ts';
import type { Reply } from './reply.ts';
import type { ImapSession } from './session.ts';
import { spoken } from './spoken.ts';

/** Where rules and limits have their say on a session, and what is to become of its next replies because of them. */
export class Gate {
  readonly #session: ImapSession;
  /** Whether any limit is about IMAP. */
  readonly limited: boolean;
  /** Whether a limit counts what is sent, which then has to be made before it is. */
  readonly countsReplies: boolean;
  /** What rules want of the exchange that is running. */
  plan: Plan | undefined;
  /** The connection closes after the next reply. */
  closeAfter = false;
  /** Added to the next positive reply. */
  marker: string | undefined;
  /** The answer to the next command, which is the last. */
  deadWithReply: string | undefined;

  constructor(session: ImapSession) {
    this.#session = session;
    this.countsReplies = session.context.profile.limits.some(
      ({ protocol, unit, judgedAt, enabled }) =>
        protocol === 'imap' && unit === 'bytes' && judgedAt.phase === 'reply' && enabled !== false,
    );
    this.limited = session.context.profile.limits.some(({ protocol }) => protocol === 'imap');
  }

  /** Asks the rules; carries out what ends things here, and keeps the rest for the reply. */
  at(phase: Phase, next: () => void): void {
    const session = this.#session;
    const { rules, clock } = session.context;
    const intervention = rules.active ? rules.at(this.#site(phase)) : undefined;
    if (intervention === undefined) {
      next();
      return;
    }
    const carryOut = (): void => {
      const outcome = outcomeOf(intervention, this.#means);
      if (outcome.kind === 'end') {
        session.halt(outcome.how);
        return;
      }
      this.plan ??= new Plan();
      this.plan.add(outcome, phase === 'body');
      next();
    };
    if (intervention.delayMs === 0) carryOut();
    else {
      session.outlet.flush();
      clock.setTimeout(() => {
        if (!session.closed) carryOut();
      }, intervention.delayMs);
    }
  }

  /**
   * Asks the rules at a phase of the running exchange; goes on with `next` unless they stop it. `instead` is what they
   * want said in place of what `next` would do.
   */
  phase(phase: Phase, next: () => void, instead: (reply: Reply) => void): void {
    this.at(phase, () => {
      const say = this.plan?.say;
      if (say === undefined) {
        next();
        return;
      }
      if (this.plan !== undefined) this.plan.say = undefined;
      instead(spoken(say.text, say.close));
    });
  }

  /** Asks the limits; `next` gets the reply to give instead when one is full. */
  meet(phase: Phase, cost: Cost, next: (refusal: Reply | undefined) => void): void {
    const session = this.#session;
    const { limits, clock } = session.context;
    const breach = !this.limited ? undefined : limits.meet(session.limitSession, this.#site(phase), cost);
    if (breach === undefined) {
      next(undefined);
      return;
    }
    const outcome = breachOutcome(breach, clock.now(), session.host);
    switch (outcome.kind) {
      case 'refuse':
        next(spoken(fill(outcome.text, { command: session.command }), outcome.close));
        return;
      case 'wait':
        session.after(outcome.delayMs, () => this.meet(phase, cost, next));
        return;
      case 'close':
        session.end();
        return;
      case 'serve':
        this.closeAfter ||= outcome.closeAfter === true;
        this.marker ??= outcome.marker;
        this.deadWithReply ??= outcome.deadWith;
        next(undefined);
        return;
      default:
        throw new TypeError(`No such outcome: ${String(outcome satisfies never)}.`);
    }
  }

  readonly #means: Means = {
    kill: () => this.#session.context.kill?.(),
    wire: (limit) => this.#session.outlet.shape(limit),
    tls: (fault) => (fault === 'stall' ? 'hang' : 'reset'),
  };

  #site(phase: Phase): Site {
    const session = this.#session;
    return {
      protocol: 'imap',
      phase,
      command: session.command === '' ? undefined : session.command,
      argument: session.argument,
      mailbox: session.mailbox?.address,
      connection: session.arrival.connection,
      ordinal: session.arrival.ordinal,
    };
  }
}
