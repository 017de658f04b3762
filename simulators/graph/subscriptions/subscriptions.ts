import type { TimerHandle } from '../../clock/clock.ts';
import { sleep } from '../../clock/clock.ts';
import type { Folder } from '../../mailbox/folder.ts';
import type { Mailbox, MailboxChange } from '../../mailbox/mailbox.ts';
import type { ServerContext } from '../../server-context.ts';
import { notificationFate } from './notification-fate.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';
import type { Deliver } from './post-to-receiver.ts';
import type { ChangeType, LifecycleEvent, Subscription } from './subscription.ts';

/** A message as a notification names it. */
export interface ChangedMessage {
  readonly mailbox: Mailbox;
  readonly folder: Folder;
  readonly messageId: string;
}

export interface SubscriptionsOptions {
  readonly context: ServerContext;
  readonly rules: OutboxOptions['rules'];
  deliverTo(): Deliver;
  /** Object id of the user in the directory. */
  userId(mailbox: Mailbox): string;
  /** The id of a message in the form a subscription was made for. */
  idOf(message: ChangedMessage, immutable: boolean): string;
  /** Its `@odata.etag`; undefined once it is gone. */
  etagOf(message: ChangedMessage): string | undefined;
}

/** How long before a subscription ends its app is told to renew it; half its life, if that is shorter. Ours. */
const warnedBeforeMs = 60 * 60_000;

/** All subscriptions of one Graph service, and the notifications they bring about. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #outbox: Outbox;
  readonly #byId = new Map<string, Subscription>();
  readonly #byMailbox = new Map<Mailbox, Set<Subscription>>();
  readonly #watching = new Map<Mailbox, () => void>();
  readonly #warnings = new Map<Subscription, TimerHandle>();
  #notified = 0;
  #made = 0;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options);
  }

  /** A number for a subscription about to be made; never the same twice. */
  nextOrdinal(): number {
    this.#made += 1;
    return this.#made;
  }

  add(subscription: Subscription): void {
    const { mailbox } = subscription;
    this.#byId.set(subscription.id, subscription);
    const others = this.#byMailbox.get(mailbox);
    if (others !== undefined) others.add(subscription);
    else this.#byMailbox.set(mailbox, new Set([subscription]));
    if (!this.#watching.has(mailbox))
      this.#watching.set(
        mailbox,
        mailbox.onChange((change) => this.#changed(mailbox, change)),
      );
    this.#warnInTime(subscription);
  }

  /** Undefined once it has expired. */
  find(id: string): Subscription | undefined {
    const subscription = this.#byId.get(id);
    if (subscription !== undefined && !this.#alive(subscription)) return undefined;
    return subscription;
  }

  /** Those of one app that are alive, the oldest first. */
  of(appId: string): readonly Subscription[] {
    return [...this.#byId.values()].filter((each) => each.appId === appId && this.#alive(each));
  }

  /** How many are alive in a mailbox, whoever made them. */
  countIn(mailbox: Mailbox): number {
    return [...(this.#byMailbox.get(mailbox) ?? [])].filter((each) => this.#alive(each)).length;
  }

  renew(subscription: Subscription, expiresAtMs: number): void {
    subscription.expiresAtMs = expiresAtMs;
    subscription.renewals += 1;
    this.#warnInTime(subscription);
  }

  remove(subscription: Subscription): void {
    const { id, mailbox } = subscription;
    this.#byId.delete(id);
    this.#options.context.clock.clearTimeout(this.#warnings.get(subscription));
    this.#warnings.delete(subscription);
    const others = this.#byMailbox.get(mailbox);
    others?.delete(subscription);
    if (others?.size !== 0) return;
    this.#byMailbox.delete(mailbox);
    this.#watching.get(mailbox)?.();
    this.#watching.delete(mailbox);
  }

  /**
   * Graph ends a subscription by itself, as after a password was reset. The app is told if it asked to be; with
   * `silently` it is not, as has been seen (microsoft-graph-docs#6462).
   */
  drop(subscription: Subscription, options: { readonly silently?: boolean } = {}): void {
    if (options.silently !== true) this.tell(subscription, 'subscriptionRemoved');
    this.remove(subscription);
  }

  /** Sends a lifecycle notification, where the subscription has a URL for them. */
  tell(subscription: Subscription, lifecycleEvent: LifecycleEvent): void {
    const url = subscription.lifecycleNotificationUrl;
    if (url === undefined) return;
    const { id, expiresAtMs, clientState, tenant } = subscription;
    const body = {
      subscriptionId: id,
      subscriptionExpirationDateTime: new Date(expiresAtMs).toISOString(),
      ...(clientState !== undefined && { clientState }),
      tenantId: tenant,
      lifecycleEvent,
    };
    void this.#send(subscription, lifecycleEvent, url, body, () => {});
  }

  close(): void {
    for (const subscription of [...this.#byId.values()]) this.remove(subscription);
    this.#outbox.close();
  }

  #alive(subscription: Subscription): boolean {
    if (subscription.expiresAtMs > this.#options.context.clock.now()) return true;
    this.remove(subscription);
    return false;
  }

  #changed(mailbox: Mailbox, change: MailboxChange): void {
    const subscriptions = [...(this.#byMailbox.get(mailbox) ?? [])].filter((each) => this.#alive(each));
    for (const subscription of subscriptions)
      for (const { type, folder, messageId } of changesOf(change, subscription))
        this.#notify(subscription, type, { mailbox, folder, messageId });
  }

  #notify(subscription: Subscription, changeType: ChangeType, message: ChangedMessage): void {
    const { id, expiresAtMs, clientState, tenant, changeTypes, immutableIds, notificationUrl } = subscription;
    if (!changeTypes.includes(changeType)) return;
    const messageId = this.#options.idOf(message, immutableIds);
    const resource = `Users/${this.#options.userId(message.mailbox)}/Messages/${messageId}`;
    const etag = this.#options.etagOf(message);
    const body = {
      subscriptionId: id,
      subscriptionExpirationDateTime: new Date(expiresAtMs).toISOString(),
      changeType,
      resource,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.Message',
        '@odata.id': resource,
        ...(etag !== undefined && { '@odata.etag': etag }),
        id: messageId,
      },
      ...(clientState !== undefined && { clientState }),
      tenantId: tenant,
    };
    void this.#send(subscription, changeType, notificationUrl, body, () => this.tell(subscription, 'missed'));
  }

  async #send(
    subscription: Subscription,
    argument: string,
    url: string,
    body: object,
    lost: () => void,
  ): Promise<void> {
    const { context } = this.#options;
    this.#notified += 1;
    const fate = notificationFate(context.rules, {
      argument,
      mailbox: subscription.mailbox.address,
      connection: `notify#${this.#notified}`,
      ordinal: this.#notified,
    });
    if (fate.lateMs > 0) await sleep(context.clock, fate.lateMs);
    for (let copy = 0; copy < fate.copies; copy += 1) this.#outbox.send(url, { body, lost });
  }

  #warnInTime(subscription: Subscription): void {
    const { clock } = this.#options.context;
    clock.clearTimeout(this.#warnings.get(subscription));
    if (subscription.lifecycleNotificationUrl === undefined) return;
    const lifeMs = subscription.expiresAtMs - clock.now();
    const timer = clock.setTimeout(
      () => this.tell(subscription, 'reauthorizationRequired'),
      Math.max(lifeMs / 2, lifeMs - warnedBeforeMs),
    );
    this.#warnings.set(subscription, timer);
  }
}

/** What a change is to a subscription: a move is a coming here and a leaving there. */
function changesOf(
  change: MailboxChange,
  { folder: watched, immutableIds }: Subscription,
): readonly { readonly type: ChangeType; readonly folder: Folder; readonly messageId: string }[] {
  const seen = (folder: Folder): boolean => watched === undefined || watched === folder;
  switch (change.kind) {
    case 'arrived':
    case 'removed':
    case 'flags':
    case 'touched':
    case 'replaced': {
      if (!seen(change.folder)) return [];
      const type = change.kind === 'arrived' ? 'created' : change.kind === 'removed' ? 'deleted' : 'updated';
      return [{ type, folder: change.folder, messageId: change.entry.message.id }];
    }
    case 'moved': {
      const messageId = change.entry.message.id;
      // Whoever watches all folders by ids that survive sees the same message in another place.
      if (watched === undefined && immutableIds)
        return [{ type: 'updated', folder: change.folder, messageId }];
      return [
        ...(seen(change.from) ? [{ type: 'deleted' as const, folder: change.from, messageId }] : []),
        ...(seen(change.folder) ? [{ type: 'created' as const, folder: change.folder, messageId }] : []),
      ];
    }
    case 'labels':
    case 'folder':
    case 'renumbered':
      return [];
    default:
      return change satisfies never;
  }
}
