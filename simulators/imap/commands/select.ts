import { journalIndex } from '../../mailbox/journal-index.ts';
import { has } from '../capabilities.ts';
import { row, signedIn } from '../command.ts';
import { flagsText, hasFlag, systemFlags } from '../folders/flags.ts';
import { keywordsOf } from '../folders/folder-facts.ts';
import { SelectedFolder } from '../folders/selected-folder.ts';
import type { Twist } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { astringUtf8 } from '../wire/quote.ts';
import { isWithin, rangesOf, type SequenceSet, setText } from '../wire/sequence-set.ts';
import { oldNameLine } from './list.ts';
import { type MailboxArgument, mailboxArgument, namedFolder } from './mailbox-argument.ts';

/** RFC 7162 section 3.2.5. */
interface Resync {
  readonly uidValidity: number;
  readonly modSeq: number;
  readonly known: SequenceSet | undefined;
}

interface Given {
  readonly mailbox: MailboxArgument;
  readonly condstore: boolean;
  readonly resync: Resync | undefined;
}

/** RFC 3501 section 6.3.1. */
export const select = row({
  verb: 'SELECT',
  states: signedIn,
  offered: () => true,
  grammar,
  run: (session, given, answer) => open(session, given, false, answer),
});

/** RFC 3501 section 6.3.2. */
export const examine = row({
  verb: 'EXAMINE',
  states: signedIn,
  offered: () => true,
  grammar,
  run: (session, given, answer) => open(session, given, true, answer),
});

function grammar(given: ArgumentReader, session: ImapSession): Given {
  given.space();
  const mailbox = mailboxArgument(given, session);
  let condstore = false;
  let resync: Resync | undefined;
  if (given.skip(' '))
    given.list(() => {
      const name = given.keyword();
      if (name === 'CONDSTORE' && has(session.profile, 'CONDSTORE')) condstore = true;
      else if (name === 'QRESYNC' && session.enabled.has('QRESYNC')) resync = readResync(given);
      else throw new BadArguments(`unknown parameter ${name}`);
    });
  given.end();
  return { mailbox, condstore, resync };
}

function readResync(given: ArgumentReader): Resync {
  given.space();
  given.expect('(');
  const uidValidity = given.number();
  given.space();
  const modSeq = given.number();
  let known: SequenceSet | undefined;
  if (given.skip(' ') && given.peek !== '(') {
    known = given.sequenceSet();
    given.skip(' ');
  }
  // Pairs of message numbers and UIDs only save work; what they say the journal knows better.
  if (given.skip('(')) {
    given.sequenceSet();
    given.space();
    given.sequenceSet();
    given.expect(')');
  }
  given.expect(')');
  return { uidValidity, modSeq, known };
}

function open(
  session: ImapSession,
  { mailbox, condstore, resync }: Given,
  readOnly: boolean,
  answer: Parameters<typeof select.run>[2],
): void {
  const { profile, folders } = session;
  const wasSelected = session.selected !== undefined;
  session.unselect();
  const closed =
    wasSelected && (has(profile, 'CONDSTORE') || session.rev2)
      ? ['* OK [CLOSED] Previous mailbox closed.\r\n']
      : [];
  const named = namedFolder(session, mailbox, 'cannotOpen');
  if (named.folder === undefined || folders === undefined) {
    answer({ ...(named.folder === undefined ? named.refusal : session.say('noSuchMailbox')), data: closed });
    return;
  }
  if (condstore || resync !== undefined) session.enabled.add('CONDSTORE');
  const { folder } = named;
  const selected = new SelectedFolder(folder, readOnly, folders, !session.rev2);
  session.selected = selected;
  session.state = 'selected';
  const flags = [...systemFlags, ...keywordsOf(folder)].join(' ');
  const permanent = readOnly ? '' : `${flags}${profile.keywords ? ' \\*' : ''}`;
  const firstUnseen = folder.entries.findIndex((entry) => !hasFlag(entry, '\\Seen')) + 1;
  const data = (twist: Twist): string[] => {
    const lines = [...closed, `* FLAGS (${flags})\r\n`];
    const kept = twist.flips('PERMANENTFLAGS').includes('changed')
      ? permanent.replace(' \\*', '')
      : permanent;
    if (!twist.flips('PERMANENTFLAGS').includes('missing'))
      lines.push(
        `* OK [PERMANENTFLAGS (${kept})] ${readOnly ? 'Read-only mailbox.' : 'Flags permitted.'}\r\n`,
      );
    // Zimbra counts while it loads.
    if (twist.flips('EXISTS').includes('doubled')) lines.push(`* ${selected.count >> 1} EXISTS\r\n`);
    lines.push(`* ${selected.count + twist.lie('EXISTS')} EXISTS\r\n`);
    if (session.rev2) lines.push(oldNameLine(session, folder, astringUtf8(mailbox.given)));
    else lines.push(`* ${selected.recentCount} RECENT\r\n`);
    if (firstUnseen > 0 && !session.rev2) lines.push(`* OK [UNSEEN ${firstUnseen}] First unseen.\r\n`);
    const uidValidity =
      session.uidValidityOf(folder) +
      twist.lie('UIDVALIDITY') +
      (twist.flips('UIDVALIDITY').includes('changed') ? 1 : 0);
    if (!twist.flips('UIDVALIDITY').includes('missing'))
      lines.push(`* OK [UIDVALIDITY ${uidValidity}] UIDs valid\r\n`);
    if (!twist.flips('UIDNEXT').includes('missing'))
      lines.push(`* OK [UIDNEXT ${folder.uidNext + twist.lie('UIDNEXT')}] Predicted next UID\r\n`);
    if (has(profile, 'CONDSTORE'))
      lines.push(
        twist.flips('MODSEQ').includes('missing')
          ? '* OK [NOMODSEQ] No permanent mod-sequences\r\n'
          : `* OK [HIGHESTMODSEQ ${folder.highestModSeq + twist.lie('HIGHESTMODSEQ')}] Highest\r\n`,
      );
    if (has(profile, 'OBJECTID')) lines.push(`* OK [MAILBOXID (${folder.id})] Ok\r\n`);
    if (resync !== undefined && resync.uidValidity === uidValidity)
      lines.push(...resyncLines(selected, resync, twist));
    return lines;
  };
  answer({
    line: session.say('done').line.replace(/^OK /, `OK [READ-${readOnly ? 'ONLY' : 'WRITE'}] `),
    data,
  });
}

/** RFC 7162 section 3.2.5: what left and what changed since the client last looked, of the messages it says it knows. */
function resyncLines(selected: SelectedFolder, { modSeq, known }: Resync, twist: Twist): readonly string[] {
  const within = known === undefined ? undefined : rangesOf(known, selected.lastUid);
  const gone = vanishedSince(selected, modSeq, within);
  const keepsGone = twist.flips('VANISHED').includes('missing');
  const lines = gone === '' || keepsGone ? [] : [`* VANISHED (EARLIER) ${gone}\r\n`];
  const changed: string[] = [];
  for (const { number, entry } of selected.all()) {
    if (entry.modSeq <= modSeq || (within !== undefined && !isWithin(within, entry.uid))) continue;
    changed.push(
      `* ${number} FETCH (UID ${entry.uid} FLAGS ${flagsText(entry, selected)} MODSEQ (${entry.modSeq}))\r\n`,
    );
  }
  // A server under load has been seen to leave one out.
  if (twist.flips('UID').includes('missing')) changed.splice(changed.length >> 1, 1);
  return [...lines, ...changed];
}

/** UIDs that left after a modification sequence, as a set; empty text when there are none. */
export function vanishedSince(
  { folder }: SelectedFolder,
  modSeq: number,
  within: readonly (readonly [from: number, to: number])[] | undefined,
): string {
  const { journal } = folder;
  const uids: number[] = [];
  for (const { kind, uid } of journal.slice(journalIndex(journal, modSeq)))
    if (kind === 'left' && (within === undefined || isWithin(within, uid))) uids.push(uid);
  return setText(uids.sort((a, b) => a - b));
}
