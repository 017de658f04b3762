import type { Clock } from '../clock/clock.ts';
import type { Protocol } from '../trace/event.ts';
import {
  Delivered,
  type Departure,
  type GroundTruth,
  type Removal,
  type SessionCount,
  type Submission,
  type SubmissionRecord,
} from './ground-truth.ts';
import { keptBytes, messageIdOf, sha256Of } from './raw-facts.ts';
import type { StoredMessage } from './stored-message.ts';

interface Counter {
  opened: number;
  open: number;
  peak: number;
}

const never: SessionCount = { opened: 0, open: 0, peak: 0 };

/** A submission as kept: hashes are worked out when somebody asks. */
class KeptSubmission implements Submission {
  readonly login: string | undefined;
  readonly connection: string;
  readonly envelopeFrom: string;
  readonly recipients: Submission['recipients'];
  readonly raw: Buffer;
  readonly acknowledged: boolean;
  readonly atMs: number;

  constructor(record: SubmissionRecord, atMs: number) {
    this.login = record.login;
    this.connection = record.connection;
    this.envelopeFrom = record.envelopeFrom;
    this.recipients = record.recipients;
    this.raw = keptBytes(record.raw);
    this.acknowledged = record.acknowledged;
    this.atMs = atMs;
  }
  get sha256(): string {
    return sha256Of(this.raw);
  }
  get messageId(): string | undefined {
    return messageIdOf(this.raw);
  }
}

/** Keeps the ground truth of one host. */
export class Books implements GroundTruth {
  readonly submissions: Submission[] = [];
  readonly outside: Departure[] = [];
  readonly #clock: Clock;
  readonly #delivered = new Map<string, Delivered[]>();
  readonly #removals = new Map<string, Removal[]>();
  readonly #sessions = new Map<string, Counter>();
  readonly #byMessageId = new Map<string, Submission[]>();
  #indexed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  everDelivered(mailbox: string): readonly Delivered[] {
    return this.#delivered.get(mailbox.toLowerCase()) ?? [];
  }

  inventory(mailbox: string): readonly Delivered[] {
    return this.everDelivered(mailbox).filter(({ removal }) => removal === undefined);
  }

  removals(mailbox: string): readonly Removal[] {
    return this.#removals.get(mailbox.toLowerCase()) ?? [];
  }

  acceptedBy(messageId: string): readonly Submission[] {
    for (; this.#indexed < this.submissions.length; this.#indexed += 1) {
      const submission = this.submissions[this.#indexed] as Submission; // index < length
      if (submission.messageId !== undefined) append(this.#byMessageId, submission.messageId, submission);
    }
    return this.#byMessageId.get(messageId) ?? [];
  }

  sessions(protocol: Protocol, mailbox?: string): SessionCount {
    return this.#sessions.get(sessionKey(protocol, mailbox)) ?? never;
  }

  recordSubmission(record: SubmissionRecord): Submission {
    const submission = new KeptSubmission(record, this.#clock.now());
    this.submissions.push(submission);
    return submission;
  }

  recordSession(protocol: Protocol, mailbox: string): () => void {
    const counters = [this.#counter(sessionKey(protocol)), this.#counter(sessionKey(protocol, mailbox))];
    for (const counter of counters) {
      counter.opened += 1;
      counter.open += 1;
      counter.peak = Math.max(counter.peak, counter.open);
    }
    let over = false;
    return () => {
      if (over) return;
      over = true;
      for (const counter of counters) counter.open -= 1;
    };
  }

  delivered(mailbox: string, folder: string, message: StoredMessage): Delivered {
    const delivered = new Delivered(mailbox, folder, message);
    append(this.#delivered, mailbox.toLowerCase(), delivered);
    return delivered;
  }

  removed(delivered: Delivered, removal: Removal): void {
    delivered.removal = removal;
    append(this.#removals, removal.mailbox.toLowerCase(), removal);
  }

  departed(address: string, envelopeFrom: string, bytes: Buffer): void {
    const raw = keptBytes(bytes);
    this.outside.push({
      address,
      envelopeFrom,
      raw,
      atMs: this.#clock.now(),
      get sha256() {
        return sha256Of(raw);
      },
      get messageId() {
        return messageIdOf(raw);
      },
    });
  }

  #counter(key: string): Counter {
    let counter = this.#sessions.get(key);
    if (counter === undefined) {
      counter = { opened: 0, open: 0, peak: 0 };
      this.#sessions.set(key, counter);
    }
    return counter;
  }
}

function sessionKey(protocol: Protocol, mailbox = ''): string {
  return `${protocol} ${mailbox.toLowerCase()}`;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
