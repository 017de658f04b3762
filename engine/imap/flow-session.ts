import { SyncError } from '../errors/engine-error.ts';
import { type Fetched, readFetched } from './fetched.ts';
import { type Argument, atom, quoted, sequence, type Untagged } from './flow.ts';
import type { ImapChannel, Told } from './imap-channel.ts';
import type { ImapPhase } from './imap-phase.ts';
import type {
  FlagChange,
  FolderStatus,
  ImapAbilities,
  ImapFolder,
  ImapSession,
  MessageSource,
  MessageSummary,
  SelectedFolder,
} from './imap-session.ts';
import { isOfItems } from './is-of-items.ts';
import { mailboxName } from './mailbox-name.ts';
import { numberSet } from './number-set.ts';
import type { ImapQuirks } from './quirks/imap-quirks.ts';
import { isAtom, listOf, type Reply, responseCodeOf, type Token, textOf, textsOf } from './token.ts';

/** Messages whose bytes are asked for at a time come to no more than this, ours. */
const sourceBatchBytes = 8 * 1024 * 1024;
/** What unsolicited replies tell is kept to this many at least, ours. */
const toldLimit = 100_000;

const specialUses = new Set([
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Junk',
  '\\Sent',
  '\\Trash',
  '\\Important',
]);

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

interface OpenFolder extends Mutable<Omit<SelectedFolder, 'vanished' | 'changed'>> {
  vanished?: number[] | undefined;
  changed?: FlagChange[] | undefined;
}

/** The session over imapflow's command channel. */
export class FlowSession implements ImapSession {
  readonly quirks: ImapQuirks;
  readonly can: ImapAbilities;
  readonly channel: ImapChannel;
  #selected: OpenFolder | undefined;
  /** Messages came to the selected folder after the last look at its counters. */
  #news = false;
  #onNews: (() => void) | undefined;

  constructor(channel: ImapChannel, known: { readonly quirks: ImapQuirks; readonly can: ImapAbilities }) {
    this.channel = channel;
    this.quirks = known.quirks;
    this.can = known.can;
    channel.hear((what, reply) => this.#hear(what, reply));
  }

  get selected(): SelectedFolder | undefined {
    return this.#selected;
  }

  /**
   * Who is told that something happened in the selected folder: in IDLE whatever it is, else what came and no look at the
   * folder's counters has taken in. What came so before is told at once.
   */
  whenNews(heard: (() => void) | undefined): void {
    this.#onNews = heard;
    if (this.#news) heard?.();
  }

  async folders(): Promise<readonly ImapFolder[]> {
    const folders: ImapFolder[] = [];
    await this.#command('list', 'LIST', [quoted(''), quoted('*')], {
      LIST: ({ attributes }) => {
        const [flags, delimiter, name] = attributes ?? [];
        const path = textOf(name);
        if (path === undefined) return;
        const marks = textsOf(flags);
        const has = (mark: string) => marks.some((one) => one.toLowerCase() === mark);
        const inbox = path.toUpperCase() === 'INBOX';
        folders.push({
          path: inbox ? 'INBOX' : mailboxName.decode(path),
          delimiter: textOf(delimiter) ?? '',
          specialUse: inbox ? '\\Inbox' : marks.find((mark) => specialUses.has(mark)),
          selectable: !has('\\noselect') && !has('\\nonexistent'),
        });
      },
    });
    return folders;
  }

  async status(path: string): Promise<FolderStatus> {
    const selected = this.#selected?.path === path ? this.#selected : undefined;
    const items = ['UIDVALIDITY', 'UIDNEXT', 'MESSAGES'];
    if (this.can.condstore) items.push('HIGHESTMODSEQ');
    if (this.can.objectId) items.push('MAILBOXID');
    let told: FolderStatus | undefined;
    await this.#command('status', 'STATUS', [nameOf(path), items.map(atom)], {
      STATUS: ({ attributes }) => {
        told = statusOf(listOf(attributes?.[1]));
      },
    });
    if (told === undefined) throw unreadable('status', 'STATUS');
    if (selected !== undefined && this.#selected === selected) {
      Object.assign(selected, told);
      this.#news = false;
    }
    return told;
  }

  async select(
    path: string,
    known?: { readonly uidValidity: number; readonly modseq: bigint },
  ): Promise<SelectedFolder> {
    this.#selected = undefined;
    const folder: OpenFolder = {
      path,
      uidValidity: 0,
      uidNext: 0,
      messages: 0,
      readOnly: false,
      keywords: false,
    };
    const extra: Argument[] = [];
    if (this.can.qresync && known !== undefined && known.modseq > 0n) {
      extra.push([atom('QRESYNC'), [atom(`${known.uidValidity}`), atom(`${known.modseq}`)]]);
      folder.vanished = [];
      folder.changed = [];
    } else if (this.can.condstore && !this.can.qresync) extra.push([atom('CONDSTORE')]);
    const reply = await this.#command('select', 'SELECT', [nameOf(path), ...extra], {
      OK: (untagged) => readSelectCode(folder, responseCodeOf(untagged)),
      EXISTS: ({ command }) => {
        folder.messages = Number(command);
      },
      VANISHED: (untagged) => {
        if (folder.vanished !== undefined) folder.vanished = [...folder.vanished, ...vanishedOf(untagged)];
      },
      FETCH: (untagged) => {
        const change = changeOf(readFetched(untagged));
        if (change !== undefined && folder.changed !== undefined)
          folder.changed = [...folder.changed, change];
      },
    });
    folder.readOnly = codeName(reply) === 'READ-ONLY';
    if (known !== undefined && known.uidValidity !== folder.uidValidity) {
      folder.vanished = undefined;
      folder.changed = undefined;
    }
    this.#selected = folder;
    this.#news = false;
    return folder;
  }

  async uids(from = 1, to?: number): Promise<readonly number[]> {
    const found = new Set<number>();
    let last = to;
    for (;;) {
      const range = `${from}:${last ?? '*'}`;
      const { uids, reply } = await this.#search([atom('UID'), sequence(range)]);
      for (const uid of uids) if (uid >= from && (last === undefined || uid <= last)) found.add(uid);
      // RFC 9738: the server went no further down than this UID.
      const [code, , limitUid] = responseCodeOf(reply).map((token) => textOf(token) ?? '');
      const lowest = Number(limitUid);
      if (code?.toUpperCase() !== 'MESSAGELIMIT' || !(lowest > from) || lowest > (last ?? Infinity)) break;
      last = lowest - 1;
    }
    return [...found].sort((a, b) => a - b);
  }

  async *summaries(uids: readonly number[]): AsyncIterable<MessageSummary> {
    const items = ['UID', 'FLAGS', 'RFC822.SIZE', 'INTERNALDATE'];
    if (this.can.gmail) items.push('X-GM-MSGID');
    for (const batch of batches(uids, this.quirks.fetchBatch)) {
      const fetched = await this.#fetch(batch, items.map(atom));
      for (const [uid, { flags, sizeBytes = 0, internalDateMs = 0, gmailId }] of fetched)
        yield { uid, flags, sizeBytes, internalDateMs, gmailId };
    }
  }

  async *flags(
    uids: readonly number[],
  ): AsyncIterable<FlagChange & { readonly modseq?: bigint | undefined }> {
    const items = ['UID', 'FLAGS', ...(this.can.condstore ? ['MODSEQ'] : [])].map(atom);
    for (const batch of batches(uids, this.quirks.fetchBatch))
      for (const [uid, { flags, modseq }] of await this.#fetch(batch, items))
        if (flags !== undefined) yield { uid, flags, modseq };
  }

  async *flagsSince(modseq: bigint, fromUid = 1): AsyncIterable<FlagChange> {
    const changed = new Map<number, Fetched>();
    const items: Argument[] = [
      sequence(`${fromUid}:*`),
      [atom('UID'), atom('FLAGS')],
      [atom('CHANGEDSINCE'), atom(`${modseq}`)],
    ];
    await this.#command('fetch', 'UID FETCH', items, { FETCH: (reply) => gather(changed, reply) });
    // `*` is the last message, whatever its UID.
    for (const [uid, { flags }] of [...changed].sort(([a], [b]) => a - b))
      if (flags !== undefined && uid >= fromUid) yield { uid, flags };
  }

  async changedSince(modseq: bigint, fromUid: number): Promise<readonly number[]> {
    const criteria = [atom('UID'), sequence(`${fromUid}:*`), atom('MODSEQ'), atom(`${modseq + 1n}`)];
    const { uids } = await this.#search(criteria);
    return uids.filter((uid) => uid >= fromUid);
  }

  async *sources(uids: readonly number[], maxBytesEach: number): AsyncIterable<MessageSource> {
    for (const batch of batches(uids, this.quirks.fetchBatch)) {
      const sizes = await this.#fetch(batch, [atom('UID'), atom('RFC822.SIZE')]);
      const wanted: { readonly uid: number; readonly sizeBytes: number }[] = [];
      for (const [uid, { sizeBytes = 0 }] of sizes) {
        if (sizeBytes > maxBytesEach) yield { uid, tooLarge: sizeBytes };
        else wanted.push({ uid, sizeBytes });
      }
      while (wanted.length > 0) {
        let bytes = 0;
        let count = 0;
        while (count < wanted.length && (count === 0 || bytes + wanted[count]!.sizeBytes <= sourceBatchBytes))
          bytes += wanted[count++]!.sizeBytes;
        yield* this.#sourcesOf(
          wanted.splice(0, count).map(({ uid }) => uid),
          maxBytesEach,
        );
      }
    }
  }

  async changeFlags(
    uids: readonly number[],
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
    unchangedSince?: bigint,
  ): Promise<readonly number[]> {
    const modified = new Set<number>();
    const { add = [], remove = [] } = change;
    const condition: Argument[] =
      unchangedSince !== undefined && this.can.condstore
        ? [[atom('UNCHANGEDSINCE'), atom(`${unchangedSince}`)]]
        : [];
    for (const batch of batches(uids, this.quirks.fetchBatch))
      for (const [sign, flags] of [
        ['+', add],
        ['-', remove],
      ] as const) {
        const left = batch.filter((uid) => !modified.has(uid));
        if (flags.length === 0 || left.length === 0) continue;
        // After the first STORE the messages have a newer modseq, which is our own.
        const conditionNow = sign === '-' && add.length > 0 ? [] : condition;
        const reply = await this.#command('store', 'UID STORE', [
          sequence(numberSet.write(left)),
          ...conditionNow,
          atom(`${sign}FLAGS.SILENT`),
          flags.map(atom),
        ]);
        const [code, set] = responseCodeOf(reply).map((token) => textOf(token) ?? '');
        if (code?.toUpperCase() === 'MODIFIED')
          for (const uid of numberSet.read(set ?? '')) modified.add(uid);
      }
    return [...modified].sort((a, b) => a - b);
  }

  async expunge(uids: readonly number[]): Promise<void> {
    await this.changeFlags(uids, { add: ['\\Deleted'] });
    if (this.can.uidplus) {
      for (const batch of batches(uids, this.quirks.fetchBatch))
        await this.#command('expunge', 'UID EXPUNGE', [sequence(numberSet.write(batch))]);
      return;
    }
    const ours = new Set(uids);
    const { uids: deleted } = await this.#search([atom('DELETED')]);
    if (deleted.every((uid) => ours.has(uid))) await this.#command('expunge', 'EXPUNGE');
  }

  async append(
    path: string,
    raw: Uint8Array,
    options: { readonly flags: readonly string[]; readonly internalDateMs?: number },
  ): Promise<{ readonly uid?: number | undefined; readonly uidValidity?: number | undefined }> {
    const { flags, internalDateMs } = options;
    const reply = await this.#command('append', 'APPEND', [
      nameOf(path),
      flags.map(atom),
      ...(internalDateMs === undefined ? [] : [quoted(dateTime(internalDateMs))]),
      { type: 'LITERAL', value: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength) },
    ]);
    const [code, validity, uid] = responseCodeOf(reply).map((token) => textOf(token) ?? '');
    if (code?.toUpperCase() !== 'APPENDUID') return {};
    return { uid: Number(uid), uidValidity: Number(validity) };
  }

  async createFolder(path: string): Promise<void> {
    try {
      await this.#command('create', 'CREATE', [nameOf(path)]);
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'imap-folder-exists') throw error;
    }
    try {
      await this.#command('create', 'SUBSCRIBE', [nameOf(path)]);
    } catch (error) {
      if (this.channel.over) throw error;
    }
  }

  async findByMessageId(path: string, messageId: string): Promise<readonly number[]> {
    await this.select(path);
    const { uids } = await this.#search([atom('HEADER'), quoted('Message-ID'), quoted(messageId)]);
    return uids;
  }

  async *#sourcesOf(uids: readonly number[], maxBytesEach: number): AsyncIterable<MessageSource> {
    let fetched: ReadonlyMap<number, Fetched>;
    try {
      fetched = await this.#fetch(uids, [atom('UID'), { type: 'ATOM', value: 'BODY.PEEK', section: [] }]);
    } catch (error) {
      const ofOne = error instanceof SyncError && !this.channel.over && isOfItems(error);
      if (!ofOne) throw error;
      if (uids.length > 1) {
        // One of them is what the server refuses: each by itself.
        for (const uid of uids) yield* this.#sourcesOf([uid], maxBytesEach);
        return;
      }
      yield { uid: uids[0]!, refused: error.classified };
      return;
    }
    for (const [uid, { source }] of fetched) {
      if (source === undefined) continue;
      yield source.length > maxBytesEach ? { uid, tooLarge: source.length } : { uid, raw: source };
    }
  }

  /** By UID; of what is not asked for nothing. */
  async #fetch(uids: readonly number[], items: readonly Argument[]): Promise<ReadonlyMap<number, Fetched>> {
    const asked = new Set(uids);
    const fetched = new Map<number, Fetched>();
    if (uids.length === 0) return fetched;
    await this.#command('fetch', 'UID FETCH', [sequence(numberSet.write(uids)), items], {
      FETCH: (reply) => gather(fetched, reply, asked),
    });
    return new Map([...fetched].sort(([a], [b]) => a - b));
  }

  async #search(
    criteria: readonly Argument[],
  ): Promise<{ readonly uids: readonly number[]; readonly reply: Reply }> {
    const uids = new Set<number>();
    const add = (texts: readonly (string | undefined)[]): void => {
      for (const text of texts) if (text !== undefined && /^\d{1,10}$/.test(text)) uids.add(Number(text));
    };
    const extended: readonly Argument[] = this.can.esearch ? [atom('RETURN'), [atom('ALL')]] : [];
    const reply = await this.#command('search', 'UID SEARCH', [...extended, ...criteria], {
      SEARCH: ({ attributes = [], numbers }) =>
        add(numbers === undefined ? attributes.map((token) => textOf(token)) : numbers.map(String)),
      ESEARCH: ({ attributes = [] }) => {
        const at = attributes.findIndex((token) => textOf(token)?.toUpperCase() === 'ALL');
        const set = at < 0 ? undefined : textOf(attributes[at + 1]);
        for (const uid of set === undefined ? [] : numberSet.read(set)) uids.add(uid);
      },
    });
    return { uids: [...uids].sort((a, b) => a - b), reply };
  }

  #command(
    phase: ImapPhase,
    name: string,
    attributes: readonly Argument[] = [],
    untagged: Untagged = {},
  ): Promise<Reply> {
    return this.channel.command(phase, name, attributes, untagged);
  }

  #hear(what: Told, reply: Reply): void {
    const selected = this.#selected;
    if (selected === undefined) return;
    const count = what === 'EXISTS' ? Number(reply.command) : undefined;
    const came = count !== undefined && count > selected.messages;
    if (came || (this.channel.idling && count !== selected.messages)) {
      this.#news = true;
      this.#onNews?.();
    }
    if (what === 'EXISTS') selected.messages = Number(reply.command) || selected.messages;
    else if (what === 'EXPUNGE') selected.messages = Math.max(0, selected.messages - 1);
    else if (what === 'VANISHED') {
      const vanished = vanishedOf(reply);
      selected.messages = Math.max(0, selected.messages - vanished.length);
      selected.vanished = keptOf(selected.vanished, vanished);
    } else {
      const change = changeOf(readFetched(reply));
      if (change !== undefined) selected.changed = keptOf(selected.changed, [change]);
    }
  }
}

function gather(fetched: Map<number, Fetched>, reply: Reply, asked?: ReadonlySet<number>): void {
  const one = readFetched(reply);
  if (one.uid === undefined || (asked !== undefined && !asked.has(one.uid))) return;
  // A server may tell of one message in several replies.
  fetched.set(one.uid, { ...fetched.get(one.uid), ...one });
}

/** Adds to what was told, of which the latest is kept: a server may tell for days. */
function keptOf<Item>(before: Item[] | undefined, told: readonly Item[]): Item[] {
  const kept = before ?? [];
  for (const one of told) kept.push(one);
  return kept.length > 2 * toldLimit ? kept.slice(-toldLimit) : kept;
}

function changeOf({ uid, flags }: Fetched): FlagChange | undefined {
  return uid === undefined || flags === undefined ? undefined : { uid, flags };
}

function vanishedOf({ attributes = [] }: Reply): number[] {
  const set = textOf(attributes.findLast((token) => token !== null && isAtom(token)));
  return set === undefined ? [] : numberSet.read(set, toldLimit);
}

function readSelectCode(folder: OpenFolder, code: readonly Token[]): void {
  const [name, value] = code;
  const text = textOf(value) ?? textsOf(value)[0] ?? '';
  switch (textOf(name)?.toUpperCase()) {
    case 'UIDVALIDITY':
      folder.uidValidity = Number(text);
      break;
    case 'UIDNEXT':
      folder.uidNext = Number(text);
      break;
    case 'HIGHESTMODSEQ':
      if (/^\d{1,20}$/.test(text)) folder.highestModseq = BigInt(text);
      break;
    case 'MAILBOXID':
      folder.mailboxId = text;
      break;
    case 'PERMANENTFLAGS':
      folder.keywords = textsOf(value).includes('\\*');
      folder.permanentFlags = new Set(textsOf(value));
      break;
    default:
  }
}

function statusOf(items: readonly Token[]): FolderStatus {
  const told = new Map<string, Token>();
  for (let at = 0; at + 1 < items.length; at += 2)
    told.set(textOf(items[at])?.toUpperCase() ?? '', items[at + 1]!);
  const number = (name: string): number => Number(textOf(told.get(name)) ?? 0);
  const modseq = textOf(told.get('HIGHESTMODSEQ'));
  const mailboxId = textsOf(told.get('MAILBOXID'))[0] ?? textOf(told.get('MAILBOXID'));
  return {
    uidValidity: number('UIDVALIDITY'),
    uidNext: number('UIDNEXT'),
    messages: number('MESSAGES'),
    ...(modseq !== undefined && /^\d{1,20}$/.test(modseq) && { highestModseq: BigInt(modseq) }),
    ...(mailboxId !== undefined && { mailboxId }),
  };
}

function codeName(reply: Reply): string {
  return textOf(responseCodeOf(reply)[0])?.toUpperCase() ?? '';
}

function nameOf(path: string): Argument {
  return quoted(mailboxName.encode(path));
}

function* batches(uids: readonly number[], size: number): Iterable<readonly number[]> {
  for (let at = 0; at < uids.length; at += size) yield uids.slice(at, at + size);
}

function unreadable(phase: ImapPhase, what: string): SyncError {
  const text = `The server answered ${what} with OK and without what was asked for.`;
  return new SyncError({ class: 'transient', code: 'imap-reply-unreadable', text, phase });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 9051 9, date-time. */
function dateTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = String(at.getUTCDate()).padStart(2, ' ');
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `${day}-${months[at.getUTCMonth()]}-${at.getUTCFullYear()} ${time} +0000`;
}
