import type { Operation } from '../operation.ts';
import { subjectOf } from '../run/message.ts';
import type { Scenario } from '../scenario.ts';
import { readWay } from '../way.ts';
import { wayIn } from './base.ts';

/** What a message must come to, by what folder, category and hand last said. */
export interface ExpectedTracking {
  readonly tracked: boolean;
  readonly regarding: string | undefined;
  /** It can never be delivered: the category says so, and it has no record. */
  readonly undeliverable: boolean;
}

interface Message {
  readonly mailbox: string;
  readonly poison: boolean;
  /** Undefined once it is gone. */
  path: string | undefined;
  tracked: boolean;
  regarding: string | undefined;
  /** The tracked folder that has it. */
  bound: TrackedFolder | undefined;
  /** Something was said where nobody listens: what counts is not laid down. */
  doubtful: boolean;
  /** It lies there under a new id, and nobody may have seen that one yet. */
  reimported: boolean;
}

type Named = { readonly mailbox: string; readonly of: string; readonly nth: number };

interface TrackedFolder {
  path: string;
  regarding: string | undefined;
  gone: boolean;
  /** It was not there when it was looked for: when it is looked for again is not laid down. */
  missed: boolean;
}

/**
 * Plays the operations of a scenario by the rules of tracking alone, knowing nothing of any engine: what arrives in the
 * Inbox is tracked; a tracked folder tracks what is put into it, and lets go of what is taken out; the category and a
 * person say so at once. Over IMAP any folder tracks but the Inbox, one that is there again under its path does so again,
 * and what is deleted looks as if it were taken out. It supposes that each operation was seen before the next on the same message. By mailbox and
 * subject; messages of which the rules say nothing are left out.
 */
export function expectedTracking(scenario: Scenario): Map<string, ExpectedTracking> {
  const play = new Play(scenario);
  const inOrder = [...scenario.operations].sort((a, b) => timeOf(a) - timeOf(b));
  for (const operation of inOrder) play.do(operation);
  return play.end();
}

const timeOf = (operation: Operation): number => ('atMs' in operation ? operation.atMs : 0);

const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

class Play {
  readonly #scenario: Scenario;
  readonly #overImap: boolean;
  readonly #messages = new Map<string, Message>();
  /** `mailbox path` of the folders that are there. */
  readonly #there = new Set<string>();
  /** By mailbox. */
  readonly #folders = new Map<string, TrackedFolder[]>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#overImap = readWay(wayIn(scenario)).access === 'imap-smtp';
  }

  do(operation: Operation): void {
    switch (operation.do) {
      case 'deliver':
        for (let nth = 0; nth < operation.count; nth += 1)
          this.#arrives(operation.mailbox, operation.id, nth);
        return;
      case 'make-folder':
        this.#there.add(`${operation.mailbox} ${operation.folder}`);
        return;
      case 'move-message':
        this.#there.add(`${operation.mailbox} ${operation.folder}`);
        this.#moves(this.#named(operation), operation.folder);
        return;
      case 'delete-message': {
        const message = this.#named(operation);
        if (message === undefined) return;
        message.path = undefined;
        if (this.#overImap && message.bound !== undefined) message.tracked = false;
        return;
      }
      case 'reimport-message': {
        const message = this.#named(operation);
        if (message !== undefined) message.reimported = true;
        return;
      }
      case 'categorize':
        this.#categorized(this.#named(operation), operation.tracked);
        return;
      case 'track-message':
        // Its record is there to be spoken of when the message no longer is.
        this.#byHand(this.#known(operation), operation.tracked, operation.regarding);
        return;
      case 'track-folder':
        this.#tracks(operation.mailbox, operation.folder, operation.regarding);
        return;
      case 'rename-folder':
        this.#renames(operation.mailbox, operation.folder, operation.to);
        return;
      case 'delete-folder':
        this.#deletes(operation.mailbox, operation.folder);
        return;
      default:
        return;
    }
  }

  end(): Map<string, ExpectedTracking> {
    const expected = new Map<string, ExpectedTracking>();
    for (const [name, { tracked, regarding, poison, doubtful }] of this.#messages)
      if (!doubtful) expected.set(name, { tracked: tracked && !poison, regarding, undeliverable: poison });
    return expected;
  }

  #arrives(mailbox: string, of: string, nth: number): void {
    const subject = subjectOf({ of, nth });
    const poison = this.#scenario.plugIns.some(
      ({ mode, refusesSubject }) =>
        mode === 'synchronous' && refusesSubject !== undefined && subject.startsWith(refusesSubject),
    );
    this.#messages.set(`${mailbox} ${subject}`, {
      mailbox,
      poison,
      path: 'INBOX',
      tracked: true,
      regarding: undefined,
      bound: undefined,
      doubtful: false,
      reimported: false,
    });
  }

  #known(what: Named): Message | undefined {
    return this.#messages.get(`${what.mailbox} ${subjectOf(what)}`);
  }

  /** One that is still there. */
  #named(what: Named): Message | undefined {
    const message = this.#known(what);
    return message?.path === undefined ? undefined : message;
  }

  #moves(message: Message | undefined, path: string): void {
    if (message === undefined || message.path === path) return;
    message.path = path;
    if (this.#overImap) this.#comesBack(message.mailbox, path);
    const from = message.bound;
    const to = this.#folderAt(message.mailbox, path);
    if (from !== undefined && !this.#listens(from)) message.doubtful = true;
    if (message.reimported && to === undefined) message.doubtful = true;
    if (from !== undefined) message.tracked = false;
    message.bound = to;
    if (to === undefined) return;
    message.tracked = true;
    message.doubtful = to.missed;
    message.regarding = to.regarding ?? message.regarding;
  }

  /** A folder that was deleted and is there again has nothing of what it had. */
  #comesBack(mailbox: string, path: string): void {
    for (const folder of this.#folders.get(mailbox) ?? []) {
      if (folder.path !== path || !folder.gone) continue;
      folder.gone = false;
      for (const message of this.#messages.values())
        if (message.bound === folder && message.path === undefined) message.tracked = false;
    }
  }

  #categorized(message: Message | undefined, tracked: boolean): void {
    if (message === undefined) return;
    if (message.path !== 'INBOX' && this.#folderAt(message.mailbox, message.path) === undefined)
      message.doubtful = true;
    message.tracked = tracked;
  }

  #byHand(message: Message | undefined, tracked: boolean, regarding: string | undefined): void {
    if (message === undefined) return;
    message.tracked = tracked;
    // Whether a folder still has its say about what it has no more is not laid down.
    message.doubtful = message.path === undefined && message.bound !== undefined;
    if (tracked) message.regarding = message.bound?.regarding ?? regarding ?? message.regarding;
  }

  #tracks(mailbox: string, path: string, regarding: string | undefined): void {
    const folders = this.#folders.get(mailbox) ?? [];
    this.#folders.set(mailbox, folders);
    const folder = folders.find((one) => one.path === path && !one.gone) ?? {
      ...{ path, regarding, gone: false },
      missed: !this.#there.has(`${mailbox} ${path}`),
    };
    folder.regarding = regarding;
    if (!folders.includes(folder)) folders.push(folder);
    for (const message of this.#in(mailbox, path)) {
      message.bound = folder;
      message.tracked = true;
      message.regarding = regarding ?? message.regarding;
    }
  }

  #renames(mailbox: string, from: string, to: string): void {
    this.#there.add(`${mailbox} ${to}`);
    this.#there.delete(`${mailbox} ${from}`);
    for (const folder of this.#folders.get(mailbox) ?? [])
      if (under(folder.path, from)) folder.path = to + folder.path.slice(from.length);
    for (const message of this.#messages.values())
      if (message.mailbox === mailbox && message.path !== undefined && under(message.path, from))
        message.path = to + message.path.slice(from.length);
  }

  #deletes(mailbox: string, path: string): void {
    this.#there.delete(`${mailbox} ${path}`);
    for (const folder of this.#folders.get(mailbox) ?? []) if (under(folder.path, path)) folder.gone = true;
    for (const message of this.#messages.values())
      if (message.mailbox === mailbox && message.path !== undefined && under(message.path, path))
        message.path = undefined;
  }

  *#in(mailbox: string, path: string): Iterable<Message> {
    for (const message of this.#messages.values())
      if (message.mailbox === mailbox && message.path === path) yield message;
  }

  /** The tracked folder at a path, if it is one that is listened to. */
  #folderAt(mailbox: string, path: string | undefined): TrackedFolder | undefined {
    return this.#folders.get(mailbox)?.find((folder) => folder.path === path && this.#listens(folder));
  }

  /** Over Graph only folders under the Inbox track. */
  #listens({ path, gone }: TrackedFolder): boolean {
    return !gone && (this.#overImap || path.startsWith('INBOX/'));
  }
}
