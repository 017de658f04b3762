import type { Mailbox, World } from '../../simulators/index.ts';
import { sleep } from '../../simulators/index.ts';
import type { Place } from '../../simulators/mailbox/mailbox.ts';
import type { Look } from '../doors/disagreements.ts';
import type { Operation } from '../operation.ts';
import type { CommitCounter } from './crashing-store.ts';
import type { EngineHost } from './engine-host.ts';
import { type FlagChange, flagOnServer } from './flag-change.ts';
import { subjectOf } from './message.ts';
import type { Performed, QueuedRecord, RunMailbox } from './run-view.ts';
import { appSecretName, passwordOf } from './secrets.ts';

/** A run under way, as operations act on it. */
export class Running {
  readonly world: World;
  readonly host: EngineHost;
  readonly commits: CommitCounter;
  readonly byId: ReadonlyMap<string, RunMailbox>;
  readonly queued: QueuedRecord[] = [];
  readonly performed: Performed[] = [];
  readonly flagChanges: FlagChange[] = [];
  /** What doors of the servers showed, and what they should have. */
  readonly looks: Look[] = [];
  readonly onQueued: (mailbox: RunMailbox) => void;
  /** By the name of a secret: the one the engine has, and how often the server's was changed. */
  readonly #known: Map<string, string>;
  readonly #changes = new Map<string, number>();
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: {
    world: World;
    host: EngineHost;
    commits: CommitCounter;
    byId: ReadonlyMap<string, RunMailbox>;
    passwords: Map<string, string>;
    onQueued: (mailbox: RunMailbox) => void;
  }) {
    this.world = parts.world;
    this.host = parts.host;
    this.commits = parts.commits;
    this.byId = parts.byId;
    this.onQueued = parts.onQueued;
    this.#known = parts.passwords;
  }

  mailbox(id: string): RunMailbox {
    const mailbox = this.byId.get(id);
    if (mailbox === undefined) throw new RangeError(`no mailbox ${id} in this scenario`);
    return mailbox;
  }

  /** The mailbox as its server has it. */
  onServer(id: string): Mailbox {
    const { address } = this.mailbox(id);
    const found = this.world.provider(address).mail.find(address);
    if (found === undefined) throw new RangeError(`${address} is not on its server`);
    return found;
  }

  /** Where the nth message of a `deliver` operation is now; undefined when it is not there (any more). */
  messageOnServer(what: {
    readonly mailbox: string;
    readonly of: string;
    readonly nth: number;
  }): Place | undefined {
    const subject = `\r\nSubject: ${subjectOf(what)}\r\n`;
    const mailbox = this.onServer(what.mailbox);
    for (const { entries } of mailbox.folders)
      for (const { message } of entries) if (message.raw.includes(subject)) return mailbox.find(message.id);
    return undefined;
  }

  /** The owner sets a flag of a message, wherever it lies, or takes it off. */
  flagByOwner(
    what: { readonly mailbox: string; readonly of: string; readonly nth: number },
    flag: FlagChange['flag'],
    value: boolean,
  ): void {
    const place = this.messageOnServer(what);
    if (place === undefined) return;
    const { message, flags } = place.entry;
    const name = flagOnServer[flag];
    if (flags.includes(name) === value) return;
    const others = flags.filter((one) => one !== name);
    this.onServer(what.mailbox).setFlags(message.id, value ? [...others, name] : others);
    const atMs = this.world.elapsedMs();
    const { mailbox } = what;
    const subject = subjectOf(what);
    this.flagChanges.push({ mailbox, subject, flag, value, by: 'owner', fromMs: atMs, untilMs: atMs });
  }

  passwordOnServer(mailbox: RunMailbox): string {
    return this.#secretOnServer(mailbox.id);
  }

  /** The server takes another password, or client secret, from now on; the engine is not told. */
  changePassword(mailbox: RunMailbox): void {
    const name = secretNameOf(mailbox);
    const before = this.#secretOnServer(name);
    this.#changes.set(name, (this.#changes.get(name) ?? 0) + 1);
    if (mailbox.access === 'graph') {
      for (const app of this.world.provider(mailbox.domain).oauth?.service.apps ?? []) {
        app.addSecret(this.#secretOnServer(name));
        app.removeSecret(before);
      }
      return;
    }
    const { credentials } = this.onServer(mailbox.id);
    credentials.setPassword(this.passwordOnServer(mailbox));
    credentials.revokeAllTokens();
    credentials.issueToken({ token: this.passwordOnServer(mailbox) });
  }

  /** The application gives the engine the password, or client secret, of now. */
  learnPassword(mailbox: RunMailbox): void {
    const name = secretNameOf(mailbox);
    this.#known.set(name, this.#secretOnServer(name));
  }

  #secretOnServer(name: string): string {
    return passwordOf(name, this.#changes.get(name));
  }

  /** What looks before it acts, one after the other. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** An operation begins; what is returned is called when all of it is done. */
  note(operation: Operation): () => void {
    const performed: Performed = { operation, atMs: this.world.elapsedMs(), doneAtMs: undefined };
    this.performed.push(performed);
    const mailbox = 'mailbox' in operation ? operation.mailbox : undefined;
    this.world.trace.emit({ kind: 'operation', id: operation.id, operation: operation.do, mailbox });
    return () => {
      performed.doneAtMs = this.world.elapsedMs();
    };
  }

  async sleepUntil(atMs: number): Promise<void> {
    const delayMs = atMs - this.world.elapsedMs();
    if (delayMs > 0) await sleep(this.world.clock, delayMs);
  }
}

/** The name of the secret by which the engine enters a mailbox. */
function secretNameOf({ id, domain, access }: RunMailbox): string {
  return access === 'graph' ? appSecretName(domain) : id;
}
