import { breachOutcome } from '../limits/breach-outcome.ts';
import type { Cost, LimitSession } from '../limits/limiter.ts';
import type { Arrival } from '../network/byte-stream.ts';
import type { Ending } from '../network/end-connection.ts';
import type { Outlet } from '../network/outlet.ts';
import { type Means, outcomeOf } from '../rules/outcome.ts';
import type { Phase, Site } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import type { Plan } from './plan.ts';

/** What a gate asks of the session it stands before. */
export interface GatedSession {
  readonly context: ServerContext;
  readonly arrival: Arrival;
  readonly host: string;
  readonly limitSession: LimitSession;
  readonly outlet: Outlet;
  readonly closed: boolean;
  /** The verb that is being answered; empty before the first. */
  readonly command: string;
  /** Its argument, as it may be told. */
  readonly argument: string | undefined;
  readonly mailbox: { readonly address: string } | undefined;
  /** Ends the session in the middle of an exchange, once what was written before has left. */
  halt(how: Ending | 'hang'): void;
  /** Calls `fn` after so long, if the connection is still there. */
  after(delayMs: number, fn: () => void): void;
  /** Says what is still to be said, then closes this side. */
  end(): void;
}

/**
 * Where rules and limits have their say on a session, and what is to become of its next replies because of them. How
 * their words become a reply is the protocol's to say.
 */
export abstract class Gate<Reply, P extends Plan> {
  readonly #session: GatedSession;
  /** Whether any limit is about this protocol. */
  readonly limited: boolean;
  /** What rules want of the exchange that is running. */
  plan: P | undefined;
  /** The connection closes after the next reply. */
  closeAfter = false;
  /** Added to the next positive reply. */
  marker: string | undefined;
  /** The answer to the next command, which is the last. */
  deadWithReply: string | undefined;

  constructor(session: GatedSession) {
    this.#session = session;
    const { context, limitSession } = session;
    this.limited = context.profile.limits.some(({ protocol }) => protocol === limitSession.protocol);
  }

  protected abstract newPlan(): P;

  /** The reply that says what a rule wants said. */
  protected abstract spoken(text: string, close: boolean): Reply;

  /** The reply that says why a limit refuses. */
  protected abstract refusal(text: string, close: boolean): Reply;

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
      this.plan ??= this.newPlan();
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
      instead(this.spoken(say.text, say.close));
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
        next(this.refusal(outcome.text, outcome.close));
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
      protocol: session.limitSession.protocol,
      phase,
      command: session.command === '' ? undefined : session.command,
      argument: session.argument,
      mailbox: session.mailbox?.address,
      connection: session.arrival.connection,
      ordinal: session.arrival.ordinal,
    };
  }
}
