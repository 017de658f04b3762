import type { ClassifiedGraph, GraphFailure } from '../graph/graph-failure.ts';
import { concluded, type SendLabel } from '../outgoing/concluded.ts';
import type { OutgoingEmail, OutgoingRecipient } from '../records/email.ts';
import type { SendRecord } from '../store/store.ts';

/** What follows from an attempt at a row, or from looking for it. */
export interface GraphOutcome {
  readonly record: SendRecord;
  readonly label: SendLabel;
}

type Settle = (recipient: OutgoingRecipient) => OutgoingRecipient;

/** Decides about rows that go by Graph. Pure. `at`: now; `unsendable`: addresses no server could be given. */
export class GraphOutcomes {
  readonly #maximumDeliveryAttempts: number;
  readonly #keepsSentCopy: boolean;

  constructor(given: { readonly maximumDeliveryAttempts: number; readonly keepsSentCopy: boolean }) {
    this.#maximumDeliveryAttempts = given.maximumDeliveryAttempts;
    this.#keepsSentCopy = given.keepsSentCopy;
  }

  /** Graph takes a message for all recipients; who cannot be reached is told of by mail. */
  accepted(
    email: OutgoingEmail,
    at: number,
    reply: string,
    unsendable: ReadonlySet<string> = none,
  ): GraphOutcome {
    const outcome = this.#outcome(email, at, undefined, undefined, (recipient) =>
      unsendable.has(recipient.address)
        ? refused(recipient, 'The address is not one that mail can be sent to')
        : { ...recipient, outcome: 'accepted', reply },
    );
    return this.#keepsSentCopy
      ? outcome
      : { ...outcome, record: { ...outcome.record, leftover: 'sent-copy' } };
  }

  /**
   * It was not sent. A verdict about the message or a recipient ends those it is about; other trouble leaves them
   * pending, and costs an attempt unless it is `excused`. `attempts`: this one included.
   */
  notSent(
    email: OutgoingEmail,
    at: number,
    failure: GraphFailure,
    attempts: number,
    excused: boolean,
  ): GraphOutcome {
    const { classified } = failure;
    const named = namedIn(email, classified);
    const lastTry = !excused && attempts >= this.#maximumDeliveryAttempts;
    return this.#outcome(email, at, classified, excused ? attempts - 1 : undefined, (recipient) => {
      const over = lastTry || (isVerdict(classified) && named(recipient));
      return over ? refused(recipient, classified.text) : { ...recipient, reply: classified.text };
    });
  }

  /** No request of it was ever made that could have sent it, or it is proved that none was taken. */
  notTaken(email: OutgoingEmail, at: number): GraphOutcome {
    const lastTry = email.deliveryAttempts >= this.#maximumDeliveryAttempts;
    return this.#outcome(email, at, undefined, undefined, (recipient) =>
      lastTry ? refused(recipient, recipient.reply ?? 'Every attempt was cut short.') : recipient,
    );
  }

  uncertain(email: OutgoingEmail, at: number): GraphOutcome {
    const reply = 'The answer was lost, and the message is found neither in Drafts nor in Sent Items.';
    return this.#outcome(email, at, undefined, undefined, (recipient) => ({
      ...recipient,
      outcome: 'uncertain',
      reply,
    }));
  }

  /** A row that cannot be sent to anybody. */
  unsendable(email: OutgoingEmail, at: number, reply: string): GraphOutcome {
    return this.#outcome(email, at, undefined, undefined, (recipient) => refused(recipient, reply));
  }

  #outcome(
    email: OutgoingEmail,
    at: number,
    error: ClassifiedGraph | undefined,
    deliveryAttempts: number | undefined,
    settle: Settle,
  ): GraphOutcome {
    const recipients = email.recipients.map((recipient) =>
      recipient.outcome === 'pending' ? settle(recipient) : recipient,
    );
    const { record, label } = concluded(email, recipients, at, error, deliveryAttempts);
    return { record: label === 'failed' ? { ...record, leftover: 'draft' } : record, label };
  }
}

const none: ReadonlySet<string> = new Set();

function refused(recipient: OutgoingRecipient, reply: string): OutgoingRecipient {
  return { ...recipient, outcome: 'refused', reply };
}

/** What is refused when it is looked for is no verdict about the message, nor is a draft that is gone. */
function isVerdict({ class: errorClass, code, phase }: ClassifiedGraph): boolean {
  return errorClass === 'item-permanent' && phase !== 'evidence' && code !== 'graph-item-gone';
}

/** A refusal that names recipients is about them; one that names none is about all. */
function namedIn(
  email: OutgoingEmail,
  { scope, text }: ClassifiedGraph,
): (recipient: OutgoingRecipient) => boolean {
  const said = text.toLowerCase();
  const named = new Set(
    scope === 'recipient'
      ? email.recipients
          .map(({ address }) => address)
          .filter((address) => said.includes(address.toLowerCase()))
      : [],
  );
  return ({ address }) => named.size === 0 || named.has(address);
}
