import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { line } from './fields.ts';

/**
 * Identity goes wrong in what is listed: entries are missing, stand twice, or have other ids than before. `field` names
 * the kind of id (UIDL, UID, UIDVALIDITY). `DELTA` is a page of changes of Graph: each entry twice (`doubled`), one that
 * nothing happened to (`changed`), all of them a round later (`missing`), or the token is dead (`renumbered`, also with
 * where to begin again, as `DELTA-LOCATION`). `NOTIFY`, at command `NOTIFY`, is a change notification.
 * `MAILDROP`, at phase `command`, is all of a POP3 session from there on: `changed` is the mailbox as it is now,
 * `renumbered` the messages numbered the other way round.
 * For IMAP also: any data item of FETCH or STATUS `missing` (UID as `UID-ITEM`: `UID` itself leaves out the message in the
 * middle); FETCH, SEARCH and LIST `missing`: an empty answer, and OK;
 * VANISHED (EARLIER) `missing`; ENVELOPE, BODY and BODYSTRUCTURE `changed`: of the
 * message in the middle they make no sense; EXISTS `doubled` in SELECT; PERMANENTFLAGS `missing`, or `changed` to be without
 * keywords; UPDATES `missing`: the command is answered and nothing unsolicited told. At phase `command` only: SEEN
 * `changed` marks what is peeked at, ENABLED `missing` enables nothing, NAME `doubled` has every folder also below INBOX.
 */
export const flip = {
  kind: 'flip',
  phases: ['command', 'reply', 'body'],
  notOver: ['smtp'],
  usualPhase: 'reply',
  schema: v.strictObject({
    kind: v.literal('flip'),
    field: line,
    how: v.picklist(['missing', 'doubled', 'changed', 'renumbered']),
  }),
} satisfies Fault;
