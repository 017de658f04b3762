import type { Mailbox } from '../mailbox/mailbox.ts';
import type { StoredMessage } from '../mailbox/stored-message.ts';
import type { Pop3Profile } from '../profiles/profile.ts';
import type { MaildropView } from './maildrop-view.ts';

/** Why a message number cannot be used. */
export type NoMessage = 'noSuchMessage' | 'messageDeleted' | 'expunged';

/** The maildrop of one session (RFC 1939 section 4): a snapshot, and what the client marked in it. */
export class Maildrop {
  readonly mailbox: Mailbox;
  readonly view: MaildropView;
  readonly profile: Pop3Profile;
  /** Message numbers. */
  readonly deleted = new Set<number>();
  readonly retrieved = new Set<number>();

  constructor(mailbox: Mailbox, view: MaildropView, profile: Pop3Profile) {
    this.mailbox = mailbox;
    this.view = view;
    this.profile = profile;
  }

  /** The same session over another view of the mailbox. */
  over(view: MaildropView, profile: Pop3Profile): Maildrop {
    const other = new Maildrop(this.mailbox, view, profile);
    const ids = (marked: ReadonlySet<number>): Set<string | undefined> =>
      new Set([...marked].map((n) => this.view.entries[n - 1]?.message.id));
    const deleted = ids(this.deleted);
    const retrieved = ids(this.retrieved);
    for (const [index, { message }] of view.entries.entries()) {
      if (deleted.has(message.id)) other.deleted.add(index + 1);
      if (retrieved.has(message.id)) other.retrieved.add(index + 1);
    }
    return other;
  }

  /** The message, or why there is none. Whether it still exists matters only to those who read it. */
  message(n: number, reading: boolean): StoredMessage | NoMessage {
    const entry = n <= this.view.count ? this.view.entries[n - 1] : undefined;
    if (entry === undefined) return 'noSuchMessage';
    if (this.deleted.has(n)) return 'messageDeleted';
    if (!reading) return entry.message;
    const place = this.mailbox.find(entry.message.id);
    const here =
      place !== undefined && (this.profile.maildrop === 'all-mail' || place.folder.role === 'inbox');
    return here ? entry.message : 'expunged';
  }

  /** Every number and what `value` says of it, one a line; without those marked as deleted. */
  lines(value: (n: number) => string | number | undefined): string {
    let text = '';
    for (let n = 1; n <= this.view.count; n += 1) {
      const said = this.deleted.has(n) ? undefined : value(n);
      if (said !== undefined) text += `${n} ${said}\r\n`;
    }
    return text;
  }

  get count(): number {
    return this.view.count - this.deleted.size;
  }

  get octets(): number {
    let octets = this.view.totalOctets;
    for (const n of this.deleted) octets -= this.view.octets(n);
    return octets;
  }

  /** What QUIT makes lasting. */
  get hasEffects(): boolean {
    return this.deleted.size > 0 || (this.profile.popped === 'hidden-after-quit' && this.retrieved.size > 0);
  }

  /** The UPDATE state (RFC 1939 section 6). */
  commit(): void {
    const ids = (numbers: Iterable<number>): string[] =>
      [...numbers].map((n) => this.view.entries[n - 1]?.message.id ?? '');
    const deleted = ids(this.deleted);
    if (this.profile.popped === 'hidden-after-quit' && this.retrieved.size > 0)
      this.mailbox.markPopped(ids(this.retrieved));
    if (this.profile.deletedGoToTrash === true) {
      for (const id of deleted)
        if (this.mailbox.find(id) !== undefined) this.mailbox.move(id, this.mailbox.role('trash').name);
    } else if (deleted.length > 0) this.mailbox.remove(deleted, 'pop3');
  }
}
