import * as v from 'valibot';
import { doorNames } from './doors/door.ts';

const id = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9-]{0,39}$/,
    'an id is 1 to 40 of a-z, 0-9 and "-", beginning with a letter or digit',
  ),
);
const day = 24 * 60 * 60 * 1000;
/** Milliseconds since the world began, at most 400 days. */
export const timeMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(400 * day));
const address = v.pipe(v.string(), v.minLength(3), v.maxLength(254), v.includes('@'));
const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)), 1);
const everyMs = v.optional(timeMs, 0);
const sizeBytes = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32 * 1024 * 1024)),
  1024,
);
const workload = v.picklist(['incoming', 'outgoing']);
const mailbox = id;
/** A message by the `deliver` operation it came with, and its number there; one that is not there is passed over. */
const message = {
  of: id,
  nth: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20_000)), 0),
};
/** From the root of the mailbox, as the server names it: `INBOX/Projects`. */
const folder = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const regarding = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200)));

/** How a message from outside is built; each is something real mail does. */
export const messageShapes = [
  'plain',
  'html',
  'attachment',
  'no-message-id',
  'dots',
  'eight-bit',
  'empty',
] as const;

/**
 * What happens to the world from outside, at a virtual time. Ids are stable: draws are keyed by them, so that taking
 * one operation out changes nothing about the others. No operation speaks of a protocol.
 */
export const operationSchema = v.variant('do', [
  /** `count` messages from outside arrive in a mailbox, one every `everyMs`. */
  v.strictObject({
    do: v.literal('deliver'),
    id,
    atMs: timeMs,
    mailbox,
    count,
    everyMs,
    sizeBytes,
    shape: v.optional(v.picklist(messageShapes), 'plain'),
    /** Puts the same bytes into the mailbox again: two messages with one Message-ID and one hash. */
    copies: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)), 1),
  }),
  /** The application queues `count` messages to be sent from a mailbox, one every `everyMs`. */
  v.strictObject({
    do: v.literal('queue-email'),
    id,
    atMs: timeMs,
    mailbox,
    to: v.pipe(v.array(address), v.minLength(1), v.maxLength(50)),
    count,
    everyMs,
    sizeBytes,
  }),
  /** Somebody deletes the oldest `count` messages of a mailbox on the server. */
  v.strictObject({ do: v.literal('remove-from-server'), id, atMs: timeMs, mailbox, count }),
  /** A second client signs in and stays for so long (POP3: it holds the exclusive lock). */
  v.strictObject({ do: v.literal('second-client'), id, atMs: timeMs, mailbox, forMs: timeMs }),
  /** The server gives every message of a mailbox a new identity (POP3: new UIDLs, as after a rebuild). */
  v.strictObject({ do: v.literal('reissue-ids'), id, atMs: timeMs, mailbox }),
  /** The password changes on the server; the engine learns the new one `learnedAfterMs` later, or never. */
  v.strictObject({
    do: v.literal('change-password'),
    id,
    atMs: timeMs,
    mailbox,
    learnedAfterMs: v.optional(timeMs),
  }),
  /** The engine's process dies and is started again after `downMs`. */
  v.strictObject({ do: v.literal('kill-engine'), id, atMs: timeMs, downMs: v.optional(timeMs, 60_000) }),
  /** The engine's process dies just before or just after its nth commit, counted from 1 over all its lives. */
  v.strictObject({
    do: v.literal('kill-at-commit'),
    id,
    nth: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
    when: v.picklist(['before', 'after']),
    downMs: v.optional(timeMs, 60_000),
  }),
  /** Somebody drags a message into another folder, which is made if it is not there. */
  v.strictObject({ do: v.literal('move-message'), id, atMs: timeMs, mailbox, ...message, folder }),
  /** Somebody deletes one message for good. */
  v.strictObject({ do: v.literal('delete-message'), id, atMs: timeMs, mailbox, ...message }),
  /** The message goes and the same bytes come again as another one, as after an import. */
  v.strictObject({ do: v.literal('reimport-message'), id, atMs: timeMs, mailbox, ...message }),
  v.strictObject({
    do: v.literal('mark-read'),
    id,
    atMs: timeMs,
    mailbox,
    ...message,
    read: v.optional(v.boolean(), true),
  }),
  /**
   * The owner or the application sets a flag of `count` messages of one `deliver`, or takes it off; the application of
   * those that are in the store.
   */
  v.strictObject({
    do: v.literal('flag-message'),
    id,
    atMs: timeMs,
    mailbox,
    ...message,
    count,
    flag: v.picklist(['seen', 'flagged', 'answered']),
    set: v.optional(v.boolean(), true),
    by: v.picklist(['owner', 'application']),
  }),
  /** The owner sets the category that tracks a message, or takes it off; other categories stay. */
  v.strictObject({
    do: v.literal('categorize'),
    id,
    atMs: timeMs,
    mailbox,
    ...message,
    tracked: v.boolean(),
  }),
  v.strictObject({ do: v.literal('make-folder'), id, atMs: timeMs, mailbox, folder }),
  /** Another name, another place, or both; what is in it comes along. */
  v.strictObject({ do: v.literal('rename-folder'), id, atMs: timeMs, mailbox, folder, to: folder }),
  /** With all that is in it. */
  v.strictObject({ do: v.literal('delete-folder'), id, atMs: timeMs, mailbox, folder }),
  /** The application has a folder under the Inbox tracked. */
  v.strictObject({ do: v.literal('track-folder'), id, atMs: timeMs, mailbox, folder, regarding }),
  /** A person has a message tracked, or lets go of it, through the application. */
  v.strictObject({
    do: v.literal('track-message'),
    id,
    atMs: timeMs,
    mailbox,
    ...message,
    tracked: v.optional(v.boolean(), true),
    regarding,
  }),
  /** An administrator ends every token the domain's application has. */
  v.strictObject({ do: v.literal('revoke-tokens'), id, atMs: timeMs, mailbox }),
  /**
   * Another program of the owner does something through one door of the server, to a message that came by `of` or that
   * the operation of that id made; then every door is looked through. A door the server does not have does nothing.
   */
  v.strictObject({
    do: v.literal('use-door'),
    id,
    atMs: timeMs,
    mailbox,
    door: v.picklist(doorNames),
    act: v.picklist(['delete', 'move', 'mark-read', 'draft', 'send']),
    of: v.optional(id),
    nth: message.nth,
    folder: v.optional(folder, 'INBOX'),
    read: v.optional(v.boolean(), true),
  }),
  v.strictObject({ do: v.literal('sync-now'), id, atMs: timeMs, mailbox, workload }),
  v.strictObject({ do: v.literal('disable'), id, atMs: timeMs, mailbox, workload }),
  v.strictObject({ do: v.literal('enable'), id, atMs: timeMs, mailbox, workload }),
]);

export type Operation = v.InferOutput<typeof operationSchema>;
export type OperationOf<Kind extends Operation['do']> = Extract<Operation, { do: Kind }>;

/** When an operation has done all it does; undefined for those that wait for a commit instead of a time. */
export function operationEndMs(operation: Operation): number | undefined {
  switch (operation.do) {
    case 'deliver':
    case 'queue-email':
      return operation.atMs + (operation.count - 1) * operation.everyMs;
    case 'second-client':
      return operation.atMs + operation.forMs;
    case 'change-password':
      return operation.atMs + (operation.learnedAfterMs ?? 0);
    case 'kill-engine':
      return operation.atMs + operation.downMs;
    case 'kill-at-commit':
      return undefined;
    case 'remove-from-server':
    case 'reissue-ids':
    case 'move-message':
    case 'delete-message':
    case 'reimport-message':
    case 'mark-read':
    case 'flag-message':
    case 'categorize':
    case 'make-folder':
    case 'rename-folder':
    case 'delete-folder':
    case 'track-folder':
    case 'track-message':
    case 'revoke-tokens':
    case 'use-door':
    case 'sync-now':
    case 'disable':
    case 'enable':
      return operation.atMs;
    default:
      return unknownOperation(operation);
  }
}

function unknownOperation(operation: never): never {
  throw new TypeError(`no such operation: ${JSON.stringify(operation)}`);
}
