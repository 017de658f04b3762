import type { ReceivedEmail } from '../records/email.ts';

/** What a plug-in is told of a message that is being delivered. */
export interface DeliveredEmail {
  readonly mailboxId: string;
  readonly emailId: number | undefined;
  readonly email: ReceivedEmail;
}

/**
 * Code of the application that runs on delivery. A synchronous plug-in runs inside the cycle, before the commit,
 * and may refuse the message by throwing (a strike, then quarantine); it slows the cycle. An asynchronous one
 * runs after the commit, outside the cycle, and slows nothing.
 */
export interface PlugIn {
  readonly name: string;
  readonly mode: 'synchronous' | 'asynchronous';
  onDelivery(delivered: DeliveredEmail): Promise<void>;
}

export interface PlugInRunner {
  /** Runs the synchronous plug-ins, in order; rejects with the first refusal. */
  before(delivered: DeliveredEmail): Promise<void>;
  /** Hands the message to the asynchronous ones and returns at once. */
  after(delivered: DeliveredEmail): void;
}
