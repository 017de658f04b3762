import { sleep } from '../clock/clock.ts';
import type { Cost, LimitSession } from '../limits/limiter.ts';
import { type Manner, type Means, outcomeOf } from '../rules/outcome.ts';
import type { Site } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import type { HttpWire } from './http-handler.ts';
import { type LiteralReply, literalReply } from './literal-reply.ts';
import { lostConnection } from './lost-connection.ts';
import { silence } from './silence.ts';

/** What rules or limits want of an exchange. Absent parts want nothing. */
export interface Word {
  /** This is the reply. */
  readonly say?: LiteralReply;
  /** The connection ends after the reply. */
  readonly close?: boolean;
  /** What is to become of the reply on its way. */
  readonly manner?: Manner | undefined;
  /** What the sender is told later by mail; everything else is served. */
  readonly bounce?: string;
}

/** Where rules and limits have their say on HTTP exchanges; the same for every service that speaks HTTP. */
export class HttpGate {
  readonly #context: ServerContext;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** False while no rule can fire: sites need not be built. */
  get active(): boolean {
    return this.#context.rules.active;
  }

  /**
   * Asks the rules, and resolves when their delay is over. Rejects as a lost connection does where they end it here, and
   * never settles where they leave it in silence, until `signal` aborts.
   */
  async ask(site: Site, wire: HttpWire | undefined, signal: AbortSignal): Promise<Word | undefined> {
    const { rules, clock, kill } = this.#context;
    const intervention = rules.at(site);
    if (intervention === undefined) return undefined;
    if (intervention.delayMs > 0) await sleep(clock, intervention.delayMs);
    const means: Means = {
      kill: () => kill?.(),
      wire: (limit) => void Object.assign(wire ?? {}, limit),
      tls: (fault) => (fault === 'stall' ? 'hang' : 'reset'),
    };
    const outcome = outcomeOf(intervention, means);
    switch (outcome.kind) {
      case 'proceed':
        if (outcome.manner?.lost === undefined) return { manner: outcome.manner };
        return this.#end(outcome.manner.lost, signal);
      case 'say':
        return { say: literalReply(outcome.text), close: outcome.close };
      case 'end':
        return this.#end(outcome.how, signal);
      default:
        throw new TypeError(`No such outcome: ${String(outcome satisfies never)}.`);
    }
  }

  /** Asks the limits; waits where a full one makes it wait. */
  async meet(session: LimitSession, site: Site, cost: Cost): Promise<Word | undefined> {
    const { limits, clock } = this.#context;
    for (;;) {
      const breach = limits.meet(session, site, cost);
      if (breach === undefined) return undefined;
      const { action, retryAtMs } = breach;
      switch (action.action) {
        case 'reject':
          return { say: literalReply(action.reply), close: action.close ?? false };
        case 'delay':
          if (retryAtMs === undefined) return undefined;
          await sleep(clock, Math.max(1, retryAtMs - clock.now()));
          continue;
        case 'silent-close':
          throw lostConnection('close');
        case 'close-after':
          return { close: true };
        case 'deferred-bounce':
          return { bounce: action.reply };
        // Marks and dead logins are of protocols with sessions.
        case 'ok-with-marker':
        case 'login-ok-then-dead':
          return undefined;
        default:
          throw new TypeError(`No such breach over HTTP: ${JSON.stringify(action satisfies never)}.`);
      }
    }
  }

  #end(how: 'reset' | 'close' | 'half-open' | 'hang', signal: AbortSignal): Promise<never> {
    if (how === 'hang' || how === 'half-open') return silence(signal);
    throw lostConnection(how);
  }
}
