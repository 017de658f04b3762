import type { Clock } from '../clock/clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { Phase, Site } from '../rules/rule.ts';
import type { Protocol, Trace } from '../trace/event.ts';
import { expandReply } from './expand-reply.ts';
import type { Demand, Refusal } from './kinds/meter.ts';
import type { Breach, BreachDefinition, Cost, LimiterDefinition, LimitSession, Limits } from './limiter.ts';
import { LimiterState } from './limiter-state.ts';

export interface LimitsOptions {
  /** In the order they are asked; those with `enabled: false` are left out. */
  readonly definitions: readonly LimiterDefinition[];
  readonly clock: Clock;
  readonly trace: Trace;
  readonly entropy: Entropy;
}

/** The limits of one provider, over all its protocols. Throws when a definition asks for what cannot be counted. */
export function createLimits(options: LimitsOptions): Limits {
  return new ProviderLimits(options);
}

class ProviderLimits implements Limits {
  readonly #options: LimitsOptions;
  readonly #byProtocol = new Map<Protocol, LimiterState[]>();
  readonly #bySite = new Map<Protocol, Map<Phase, LimiterState[]>>();

  constructor(options: LimitsOptions) {
    this.#options = options;
    for (const definition of options.definitions) {
      if (definition.enabled === false) continue;
      const { protocol, judgedAt } = definition;
      const state = new LimiterState(definition);
      listIn(this.#byProtocol, protocol).push(state);
      const phases = this.#bySite.get(protocol) ?? new Map<Phase, LimiterState[]>();
      this.#bySite.set(protocol, phases);
      listIn(phases, judgedAt.phase).push(state);
    }
  }

  opened(session: LimitSession): void {
    for (const limiter of this.#of(session)) limiter.opened(session);
  }

  authenticated(session: LimitSession): void {
    for (const limiter of this.#of(session)) limiter.authenticated(session);
  }

  closed(session: LimitSession): void {
    for (const limiter of this.#of(session)) limiter.closed(session);
  }

  meet(session: LimitSession, site: Site, cost: Cost): Breach | undefined {
    if (site.command === 'MAIL' && site.phase === 'command')
      for (const limiter of this.#of(session)) limiter.begin(session);
    const limiters = this.#bySite.get(site.protocol)?.get(site.phase);
    if (limiters === undefined) return undefined;
    const nowMs = this.#options.clock.now();
    const met: [LimiterState, string, Demand][] = [];
    let breach: Breach | undefined;
    for (const limiter of limiters) {
      const { command } = limiter.definition.judgedAt;
      if (command !== undefined && command !== site.command) continue;
      const key = limiter.keyOf(session);
      const demand = key === undefined ? undefined : limiter.demandOf(session, cost);
      if (key === undefined || demand === undefined) continue;
      met.push([limiter, key, demand]);
      if (breach !== undefined) continue;
      let refusal = limiter.refusal(key, demand, nowMs);
      if (refusal === undefined) continue;
      if (!limiter.serves) {
        if (limiter.definition.refusedCount === true) {
          limiter.count(key, demand, nowMs);
          refusal = limiter.refusal(key, demand, nowMs) ?? refusal;
        }
        return this.#breach(limiter.definition, session, site, key, refusal);
      }
      breach = this.#breach(limiter.definition, session, site, key, refusal);
    }
    for (const [limiter, key, demand] of met) limiter.count(key, demand, nowMs);
    return breach;
  }

  #breach(
    definition: LimiterDefinition,
    session: LimitSession,
    { protocol, connection, mailbox }: Site,
    key: string,
    { retryAtMs }: Refusal,
  ): Breach {
    const { id, limit, breach: action } = definition;
    this.#options.trace.emit({
      kind: 'throttle',
      limiter: id,
      key,
      breach: action.action,
      protocol,
      connection,
      mailbox: mailbox ?? session.account,
      retryAtMs,
    });
    const { clock, entropy } = this.#options;
    const expand = (text: string): string => expandReply(text, { session, clock, entropy, limit, retryAtMs });
    return { limiter: id, action: expanded(action, expand), retryAtMs };
  }

  #of({ protocol }: LimitSession): readonly LimiterState[] {
    return this.#byProtocol.get(protocol) ?? [];
  }
}

function expanded(action: BreachDefinition, expand: (text: string) => string): BreachDefinition {
  switch (action.action) {
    case 'reject':
    case 'login-ok-then-dead':
    case 'deferred-bounce':
      return action.reply.includes('{') ? { ...action, reply: expand(action.reply) } : action;
    case 'ok-with-marker':
      return action.marker.includes('{') ? { ...action, marker: expand(action.marker) } : action;
    case 'delay':
    case 'silent-close':
    case 'close-after':
      return action;
    default:
      return unknownBreach(action);
  }
}

function listIn<K>(map: Map<K, LimiterState[]>, key: K): LimiterState[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

function unknownBreach(action: never): never {
  throw new Error(`No text to expand in the breach ${JSON.stringify(action)}: teach limits.ts this action.`);
}
