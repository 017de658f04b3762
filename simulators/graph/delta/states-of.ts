import type { Mailbox } from '../../mailbox/mailbox.ts';
import { SyncStates } from './sync-states.ts';

const known = new WeakMap<Mailbox, Map<string, SyncStates>>();

/** The states of one collection of a mailbox; always the same object, `kept` as it was when it was first asked for. */
export function statesOf(mailbox: Mailbox, collection: string, kept: number): SyncStates {
  let collections = known.get(mailbox);
  if (collections === undefined) {
    collections = new Map();
    known.set(mailbox, collections);
  }
  let states = collections.get(collection);
  if (states === undefined) {
    states = new SyncStates(collection, kept);
    collections.set(collection, states);
  }
  return states;
}

/** From here on every delta token of the mailbox is dead. */
export function forgetStates(mailbox: Mailbox): void {
  for (const states of known.get(mailbox)?.values() ?? []) states.forget();
}
