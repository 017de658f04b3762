import { drawnUuid } from '../../entropy/drawn-uuid.ts';
import type { Mailbox, MailboxChange } from '../../mailbox/mailbox.ts';
import type { ServerContext } from '../../server-context.ts';
import { type ItemState, plainItem } from './item-state.ts';
import { defaultMailboxSettings } from './mailbox-settings.ts';
import type { MasterCategory } from './master-category.ts';
import type { UploadSession } from './upload-session.ts';

/** What a new mailbox has (graph/api/outlookuser-list-mastercategories). */
const firstCategories = ['Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Purple'];
const firstColors = [0, 1, 3, 4, 7, 8];

/** What only Graph knows of one mailbox: of its messages, its categories and its settings. */
export class MailboxItems {
  readonly mailbox: Mailbox;
  readonly categories = new Map<string, MasterCategory>();
  settings: Readonly<Record<string, unknown>> = defaultMailboxSettings;
  readonly uploads = new Map<string, UploadSession>();
  readonly #context: ServerContext;
  readonly #states = new Map<string, ItemState>();
  readonly #modifiedAtMs = new Map<string, number>();
  #drawn = 0;

  constructor(mailbox: Mailbox, context: ServerContext) {
    this.mailbox = mailbox;
    this.#context = context;
    for (const [n, name] of firstCategories.entries())
      this.addCategory(`${name} category`, `preset${firstColors[n]}`);
    mailbox.onChange((change) => this.#hear(change));
  }

  of(messageId: string): ItemState {
    return this.#states.get(messageId) ?? plainItem;
  }

  /** Changes what is known of a message that is there, and tells the mailbox that it changed. */
  set(messageId: string, state: ItemState): void {
    this.#states.set(messageId, state);
    this.mailbox.touch(messageId);
  }

  /** The same without telling, for a message that is about to change in another way. */
  prepare(messageId: string, state: ItemState): void {
    this.#states.set(messageId, state);
  }

  /** When a message last changed, ms since the epoch; when it came, as far as Graph was there to see. */
  modifiedAtMs(messageId: string, receivedAtMs: number): number {
    return this.#modifiedAtMs.get(messageId) ?? receivedAtMs;
  }

  addCategory(displayName: string, color: string): MasterCategory {
    const category = { id: this.uuid('category'), displayName, color };
    this.categories.set(category.id, category);
    return category;
  }

  /** A UUID by the world's entropy. */
  uuid(site: string): string {
    this.#drawn += 1;
    return drawnUuid(this.#context.entropy, `graph.${site}`, this.mailbox.address, this.#drawn);
  }

  #hear(change: MailboxChange): void {
    const { kind } = change;
    if (kind === 'folder' || kind === 'renumbered') return;
    const { id } = change.entry.message;
    // New mail is as old as it is; what comes back from its way out has changed on it.
    if (kind === 'arrived' && !this.#modifiedAtMs.has(id)) return;
    if (kind !== 'removed') this.#modifiedAtMs.set(id, this.#context.clock.now());
    else if (change.by !== 'sending') this.forget(id);
  }

  forget(messageId: string): void {
    this.#states.delete(messageId);
    this.#modifiedAtMs.delete(messageId);
  }
}

export function createMailboxItems(mailbox: Mailbox, context: ServerContext): MailboxItems {
  return new MailboxItems(mailbox, context);
}
