import type { ServerContext } from '../../server-context.ts';
import { EndpointHealth, type EndpointRules } from './endpoint-health.ts';
import { type Deliver, postToReceiver } from './post-to-receiver.ts';
import { retryDelayMs } from './retry-delay.ts';

/** One entry of a notification's `value`, and what becomes of it. */
export interface Notification {
  readonly body: object;
  /** It was given up, or thrown away because its receiver is slow. */
  lost(): void;
}

export interface OutboxOptions {
  readonly context: ServerContext;
  readonly rules: EndpointRules & { readonly answerWithinMs: number; readonly retryForMs: number };
  /** Read when something leaves: a receiver may come later. */
  deliverTo(): Deliver;
}

interface Posting {
  readonly url: string;
  readonly notifications: readonly Notification[];
  readonly sinceMs: number;
  failures: number;
}

/** Notifications for one URL that come within this time leave together; at most so many at once. Ours. */
const gatheredForMs = 1_000;
const togetherAtMost = 100;

/**
 * Notifications on their way. Those for one URL are gathered for a moment; a receiver that fails is tried again until
 * the notifications are too old; one that is slow gets them late, or not at all.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #gathering = new Map<string, Notification[]>();
  readonly #health = new Map<string, EndpointHealth>();
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  send(url: string, notification: Notification): void {
    if (this.#closed) return;
    const gathered = this.#gathering.get(url);
    if (gathered !== undefined) {
      gathered.push(notification);
      return;
    }
    this.#gathering.set(url, [notification]);
    this.#options.context.clock.setTimeout(() => this.#leave(url), gatheredForMs);
  }

  /** Nothing leaves any more. */
  close(): void {
    this.#closed = true;
    this.#gathering.clear();
  }

  #leave(url: string): void {
    const gathered = this.#gathering.get(url) ?? [];
    this.#gathering.delete(url);
    const sinceMs = this.#options.context.clock.now();
    for (let at = 0; at < gathered.length; at += togetherAtMost) {
      const notifications = gathered.slice(at, at + togetherAtMost);
      void this.#post({ url, notifications, sinceMs, failures: 0 });
    }
  }

  async #post(posting: Posting): Promise<void> {
    if (this.#closed) return;
    const { context, rules, deliverTo } = this.#options;
    const { url, notifications, sinceMs } = posting;
    const health = this.#healthOf(url);
    switch (health.state) {
      case 'dropped':
        for (const notification of notifications) notification.lost();
        return;
      case 'held-back':
        if (context.clock.now() - sinceMs < rules.heldBackForMs) {
          context.clock.setTimeout(() => void this.#post(posting), rules.heldBackForMs);
          return;
        }
        break;
      case 'good':
        break;
      default:
        health.state satisfies never;
    }
    const answer = await postToReceiver({
      deliverTo: deliverTo(),
      clock: context.clock,
      url,
      body: JSON.stringify({ value: notifications.map(({ body }) => body) }),
      contentType: 'application/json; charset=utf-8',
      withinMs: rules.answerWithinMs,
    });
    health.record(answer.tookMs);
    if (answer.kind === 'answer' && answer.status >= 200 && answer.status < 300) return;
    posting.failures += 1;
    const waitMs = retryDelayMs(posting.failures);
    if (context.clock.now() + waitMs - sinceMs > rules.retryForMs)
      for (const notification of notifications) notification.lost();
    else context.clock.setTimeout(() => void this.#post(posting), waitMs);
  }

  #healthOf(url: string): EndpointHealth {
    const { host } = new URL(url);
    let health = this.#health.get(host);
    if (health === undefined) {
      health = new EndpointHealth(this.#options.rules, this.#options.context.clock);
      this.#health.set(host, health);
    }
    return health;
  }
}
