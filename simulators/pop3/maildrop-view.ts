import type { FolderEntry } from '../mailbox/folder.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { conversationOf } from '../mailbox/raw-facts.ts';
import type { Pop3Profile } from '../profiles/profile.ts';
import { wireForm } from './wire-form.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The messages of a mailbox as a provider's POP3 shows them at one moment, and their listings. Sessions that begin
 * while the mailbox does not change share one.
 */
export class MaildropView {
  readonly version: number;
  readonly entries: readonly FolderEntry[];
  readonly count: number;
  readonly #profile: Pop3Profile;
  readonly #uidValidity: number;
  readonly #generation: number;
  #uidlLines: string | undefined;
  #listLines: string | undefined;
  #totalOctets: number | undefined;

  constructor(
    mailbox: Mailbox,
    profile: Pop3Profile,
    recentSinceMs: number | undefined,
    before?: MaildropView,
  ) {
    this.version = mailbox.version;
    this.#profile = profile;
    this.#uidValidity = mailbox.inbox.uidValidity;
    this.#generation = mailbox.inbox.generation;
    this.entries = visible(mailbox, profile, recentSinceMs);
    this.count = this.entries.length;
    if (before !== undefined && before.entries === this.entries) this.#extend(before);
  }

  uidl(n: number): string {
    const entry = this.entries[n - 1] as FolderEntry; // callers check 1..count
    if (this.#profile.uidlFormat === 'uid-uidvalidity') return hex8(entry.uid) + hex8(this.#uidValidity);
    return this.#generation === 0 ? entry.message.id : `${entry.message.id}.${this.#generation}`;
  }

  octets(n: number): number {
    const { raw } = (this.entries[n - 1] as FolderEntry).message; // as above
    return this.#profile.sizes === 'exact' ? wireForm(raw).octets : estimate(raw.length);
  }

  /** All of LIST's lines, without the end. */
  get listLines(): string {
    this.#listLines ??= this.#lines(1, (n) => this.octets(n));
    return this.#listLines;
  }

  get uidlLines(): string {
    this.#uidlLines ??= this.#lines(1, (n) => this.uidl(n));
    return this.#uidlLines;
  }

  get totalOctets(): number {
    this.#totalOctets ??= this.#total(1);
    return this.#totalOctets;
  }

  #total(from: number): number {
    let total = 0;
    for (let n = from; n <= this.count; n += 1) total += this.octets(n);
    return total;
  }

  #lines(from: number, value: (n: number) => string | number): string {
    let text = '';
    for (let n = from; n <= this.count; n += 1) text += `${n} ${value(n)}\r\n`;
    return text;
  }

  /** Mail only arrived since `before`: what was worked out then still holds. */
  #extend(before: MaildropView): void {
    if (before.#generation !== this.#generation || before.#uidValidity !== this.#uidValidity) return;
    const from = before.count + 1;
    if (before.#uidlLines !== undefined)
      this.#uidlLines = before.#uidlLines + this.#lines(from, (n) => this.uidl(n));
    if (before.#listLines !== undefined)
      this.#listLines = before.#listLines + this.#lines(from, (n) => this.octets(n));
    if (before.#totalOctets !== undefined) this.#totalOctets = before.#totalOctets + this.#total(from);
  }
}

const views = new WeakMap<Mailbox, { readonly profile: Pop3Profile; readonly view: MaildropView }>();

/** What a session that begins now sees. `recentSinceMs` is for Gmail's `recent:` logins. */
export function viewOf(mailbox: Mailbox, profile: Pop3Profile, recentSinceMs?: number): MaildropView {
  if (recentSinceMs !== undefined) return new MaildropView(mailbox, profile, recentSinceMs);
  const cached = views.get(mailbox);
  const before = cached?.profile === profile ? cached.view : undefined;
  if (before !== undefined && before.version === mailbox.version) return before;
  const view = new MaildropView(mailbox, profile, undefined, before);
  views.set(mailbox, { profile, view });
  return view;
}

export function recentSince(profile: Pop3Profile, nowMs: number): number {
  return nowMs - (profile.recentModeDays ?? 0) * dayMs;
}

function visible(
  mailbox: Mailbox,
  profile: Pop3Profile,
  recentSinceMs: number | undefined,
): readonly FolderEntry[] {
  let entries = mailbox.inbox.entries;
  if (profile.maildrop === 'all-mail') {
    entries = mailbox.folders
      .filter(({ role }) => role !== 'junk' && role !== 'trash' && role !== 'drafts')
      .flatMap((folder) => folder.entries)
      .filter((entry) => !mailbox.labels || mailbox.find(entry.message.id)?.entry === entry)
      .sort((a, b) => a.message.receivedAtMs - b.message.receivedAtMs);
  }
  if (recentSinceMs !== undefined)
    entries = entries.filter(({ message }) => message.receivedAtMs >= recentSinceMs);
  else {
    if (profile.popped === 'hidden-after-quit' && mailbox.popped.size > 0)
      entries = entries.filter(({ message }) => !mailbox.popped.has(message.id));
    if (profile.conversationHorizon !== undefined)
      entries = oldestConversations(entries, profile.conversationHorizon);
  }
  return profile.listOrder === 'newest-first' ? entries.toReversed() : entries;
}

function oldestConversations(entries: readonly FolderEntry[], horizon: number): readonly FolderEntry[] {
  if (entries.length <= horizon) return entries;
  const shown = new Set<string>();
  return entries.filter(({ message }) => {
    const conversation = conversationOf(message.raw);
    if (shown.has(conversation)) return true;
    if (shown.size >= horizon) return false;
    shown.add(conversation);
    return true;
  });
}

/** Exchange does not render a message to tell its size; how far it is off is our own choice: 1/64 and 32 more. */
function estimate(sizeBytes: number): number {
  return sizeBytes + (sizeBytes >> 6) + 32;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
