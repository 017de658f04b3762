import type { Mailbox, World } from '../../simulators/index.ts';
import { sleep } from '../../simulators/index.ts';
import type { Operation } from '../operation.ts';
import type { CommitCounter } from './crashing-store.ts';
import type { EngineHost } from './engine-host.ts';
import type { Performed, QueuedRecord, RunMailbox } from './run-view.ts';
import { passwordOf } from './secrets.ts';

/** A run under way, as operations act on it. */
export class Running {
  readonly world: World;
  readonly host: EngineHost;
  readonly commits: CommitCounter;
  readonly byId: ReadonlyMap<string, RunMailbox>;
  readonly queued: QueuedRecord[] = [];
  readonly performed: Performed[] = [];
  readonly onQueued: (mailbox: RunMailbox) => void;
  /** By mailbox id: the password the engine has, and how often the server's was changed. */
  readonly #known: Map<string, string>;
  readonly #changes = new Map<string, number>();

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

  passwordOnServer(mailbox: RunMailbox): string {
    return passwordOf(mailbox.id, this.#changes.get(mailbox.id));
  }

  /** The server takes another password from now on; the engine is not told. */
  changePassword(mailbox: RunMailbox): void {
    this.#changes.set(mailbox.id, (this.#changes.get(mailbox.id) ?? 0) + 1);
    const { credentials } = this.onServer(mailbox.id);
    credentials.setPassword(this.passwordOnServer(mailbox));
    credentials.revokeAllTokens();
    credentials.issueToken({ token: this.passwordOnServer(mailbox) });
  }

  /** The application gives the engine the password of now. */
  learnPassword(mailbox: RunMailbox): void {
    this.#known.set(mailbox.id, this.passwordOnServer(mailbox));
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
