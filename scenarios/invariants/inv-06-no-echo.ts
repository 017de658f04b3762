import { type Invariant, Violations } from './invariant.ts';

const write = 'PATCH /messages/{id}';
const source = 'GET /messages/{id}/$value';
const send = 'POST /messages/{id}/send';

/** The message in the path of a request, so that two requests about it have the same. */
const messageIn = (argument = ''): string =>
  argument.split(/[/?]/).filter((part) => part !== '')[1] ?? argument;

export const noEcho: Invariant = {
  id: 'INV-6',
  name: 'no echo',
  statement:
    'What the engine writes to a message leads to no further write: between two writes the server took (Graph) somebody did something to the mailbox, or the message was fetched anew, or it was a draft and tried to be sent. Over POP3 nothing is written that can be read back.',
  create(run) {
    const found = new Violations('INV-6', run.nowMs);
    /** By mailbox address: messages written to since anybody did anything there. */
    const written = new Map<string, Set<string>>();
    /** By connection: the write whose answer is to come. */
    const underWay = new Map<string, string>();
    let exercised = 0;
    return {
      onEvent(event) {
        switch (event.kind) {
          case 'operation': {
            const address = event.mailbox === undefined ? undefined : run.byId.get(event.mailbox)?.address;
            if (address !== undefined) written.delete(address);
            return;
          }
          case 'command':
            underWay.delete(event.connection);
            if (event.mailbox === undefined) return;
            // A draft of its own is written anew before each try to send it.
            if (event.command === source || event.command === send)
              written.get(event.mailbox)?.delete(messageIn(event.argument));
            if (event.command === write) underWay.set(event.connection, messageIn(event.argument));
            return;
          case 'reply': {
            const message = underWay.get(event.connection);
            if (event.command !== write || event.mailbox === undefined || message === undefined) return;
            underWay.delete(event.connection);
            if (!event.text.startsWith('2')) return;
            exercised += 1;
            const messages = written.get(event.mailbox) ?? new Set<string>();
            written.set(event.mailbox, messages);
            if (messages.has(message))
              found.add(
                `${message} of ${event.mailbox} was written to again although nothing had happened to it`,
                event.atMs,
              );
            messages.add(message);
            return;
          }
          default:
            return;
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
