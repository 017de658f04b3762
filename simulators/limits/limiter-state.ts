import { meterFor } from './kinds/index.ts';
import type { Demand, Meter, Refusal } from './kinds/meter.ts';
import type { Cost, KeyPart, LimiterDefinition, LimitSession, Unit } from './limiter.ts';

const noAddresses: readonly string[] = [];

/** One limiter with what it counted, for each of its keys. */
export class LimiterState {
  readonly definition: LimiterDefinition;
  /** The request is carried out although the limiter is full. */
  readonly serves: boolean;
  readonly #meters = new Map<string, Meter>();
  readonly #dies: boolean;
  readonly #holds: 'connected' | 'authenticated' | undefined;
  readonly #addsUp: boolean;
  /** Until when each key was told to wait, where the window has no time of its own. */
  readonly #toldUntilMs = new Map<string, number>();

  constructor(definition: LimiterDefinition) {
    const { window, key, breach, judgedAt } = definition;
    meterFor(definition); // Throws here rather than at the first request.
    this.definition = definition;
    this.serves = ['close-after', 'ok-with-marker', 'deferred-bounce', 'login-ok-then-dead'].includes(
      breach.action,
    );
    this.#holds = window.kind === 'concurrency' ? window.from : undefined;
    this.#addsUp = window.kind === 'per-request' && judgedAt.command === 'RCPT';
    this.#dies = this.#ownsConnection || key.includes('connection');
  }

  /** Undefined when the request is none of this limiter's business. */
  demandOf(session: LimitSession, cost: Cost): Demand | undefined {
    const { unit, window } = this.definition;
    if (unit === 'uniqueRecipients') {
      const addresses = uniqueAddresses(cost);
      return addresses.length === 0 ? undefined : { amount: addresses.length, addresses, session };
    }
    const amount = window.kind === 'concurrency' ? held(cost) : amountOf(cost, unit);
    return amount === 0 ? undefined : { amount, addresses: noAddresses, session };
  }

  /** Undefined while some part of the key is not known, as an account is before login. */
  keyOf(session: LimitSession): string | undefined {
    const { key } = this.definition;
    const [first] = key;
    let text = first === undefined ? '' : partOf(session, first);
    for (let n = 1; n < key.length && text !== undefined; n += 1) {
      const part = partOf(session, key[n] as KeyPart); // n is below the length
      text = part === undefined ? undefined : `${text} ${part}`;
    }
    // What bounds one message or one connection is counted for each, whatever else the key says.
    return text !== undefined && this.#ownsConnection ? `${text} ${session.connection}` : text;
  }

  refusal(key: string, demand: Demand, nowMs: number): Refusal | undefined {
    const meter = this.#meterOf(key);
    const { breach } = this.definition;
    if (breach.action === 'reject' && breach.retryAfterMs !== undefined)
      return this.#refusalWithTime(key, meter.refusal(demand, nowMs), nowMs, breach.retryAfterMs);
    if (breach.action !== 'close-after') return meter.refusal(demand, nowMs);
    return meter.refusal({ ...demand, amount: demand.amount + 1 }, nowMs);
  }

  #refusalWithTime(
    key: string,
    refusal: Refusal | undefined,
    nowMs: number,
    retryAfterMs: number,
  ): Refusal | undefined {
    const toldUntilMs = this.#toldUntilMs.get(key) ?? nowMs;
    if (toldUntilMs > nowMs) return { retryAtMs: toldUntilMs };
    this.#toldUntilMs.delete(key);
    if (refusal === undefined) return undefined;
    const retryAtMs = refusal.retryAtMs ?? nowMs + retryAfterMs;
    this.#toldUntilMs.set(key, retryAtMs);
    return { retryAtMs };
  }

  count(key: string, demand: Demand, nowMs: number): void {
    this.#meterOf(key).count(demand, nowMs);
  }

  opened(session: LimitSession): void {
    if (this.#holds === 'connected') this.#enter(session);
  }

  /** Limits that count from the connection on, but for an account, learn only now whose it is. */
  authenticated(session: LimitSession): void {
    if (this.#holds !== undefined) this.#enter(session);
  }

  closed(session: LimitSession): void {
    const key = this.keyOf(session);
    if (key === undefined) return;
    if (this.#dies) this.#meters.delete(key);
    else this.#meters.get(key)?.leave?.(session);
  }

  /** A new message begins on this connection. */
  begin(session: LimitSession): void {
    if (!this.#addsUp) return;
    const key = this.keyOf(session);
    if (key !== undefined) this.#meters.get(key)?.begin?.();
  }

  get #ownsConnection(): boolean {
    return this.#addsUp || this.definition.window.kind === 'per-connection';
  }

  #enter(session: LimitSession): void {
    const key = this.keyOf(session);
    if (key !== undefined) this.#meterOf(key).enter?.(session);
  }

  #meterOf(key: string): Meter {
    let meter = this.#meters.get(key);
    if (meter === undefined) {
      meter = meterFor(this.definition);
      this.#meters.set(key, meter);
    }
    return meter;
  }
}

/** Whether a request asks for a place: to connect, or to log in. */
function held({ connections = 0, logins = 0 }: Cost): number {
  return connections + logins;
}

function amountOf(cost: Cost, unit: Exclude<Unit, 'uniqueRecipients'>): number {
  return cost[unit] ?? 0;
}

function uniqueAddresses({ recipientAddresses = noAddresses }: Cost): readonly string[] {
  if (recipientAddresses.length === 1) return [(recipientAddresses[0] ?? '').toLowerCase()];
  return [...new Set(recipientAddresses.map((address) => address.toLowerCase()))];
}

function partOf(session: LimitSession, part: KeyPart): string | undefined {
  switch (part) {
    case 'world':
      return 'world';
    case 'tenant':
    case 'account':
    case 'ip':
    case 'connection':
    case 'app':
      return session[part];
    default:
      return unknownPart(part);
  }
}

function unknownPart(part: never): never {
  throw new Error(`A limiter cannot count by ${String(part)}: teach partOf this key.`);
}
