import type { Folder, FolderEntry } from '../../mailbox/folder.ts';
import { messageIdOf } from '../../mailbox/raw-facts.ts';
import { has } from '../capabilities.ts';
import { row, signedIn } from '../command.ts';
import { withoutBinary } from '../mime/without-binary.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import type { Literal } from '../wire/command-reader.ts';
import { readDateTime } from '../wire/dates.ts';
import { setText } from '../wire/sequence-set.ts';
import { type CatenatePart, catenated, readCatenateParts } from './catenate.ts';
import { mailboxArgument, namedFolder } from './mailbox-argument.ts';
import { overQuota } from './quota.ts';
import { checked } from './store.ts';

interface Mark {
  readonly flags: readonly string[];
  readonly atMs: number | undefined;
}

interface Appended extends Mark {
  readonly raw: Buffer;
}

interface Given extends Mark {
  /** The message, or what it is put together of. */
  readonly content: Literal | readonly CatenatePart[];
}

/** What a provider takes that does not say how large a message may be. Ours. */
const usualLimitBytes = 64 * 1024 * 1024;

/** RFC 3501 section 6.3.11, with RFC 3502 (several messages), 4315 (APPENDUID), 4469 (CATENATE) and 7889 (APPENDLIMIT). */
export const append = row({
  verb: 'APPEND',
  states: signedIn,
  offered: () => true,
  grammar: (given, session) => {
    given.space();
    const mailbox = mailboxArgument(given, session);
    const messages: Given[] = [];
    do {
      given.space();
      messages.push(readMessage(given, session));
    } while (has(session.profile, 'MULTIAPPEND') && given.peek === ' ');
    given.end();
    return { mailbox, messages };
  },
  maxLiteralBytes: (session) => session.profile.appendLimitBytes ?? usualLimitBytes,
  admits: (session, soFar) => {
    try {
      const given = new ArgumentReader(soFar, (soFar.texts[0] ?? '').search(/APPEND/i) + 'APPEND'.length);
      given.space();
      // The name itself may be the literal that is announced.
      if (soFar.texts.length === 1 && given.peek === '') return undefined;
      const named = namedFolder(session, mailboxArgument(given, session), 'tryCreate');
      return named.folder === undefined ? named.refusal : undefined;
    } catch {
      // What is wrong with the rest is said when the command is whole.
      return undefined;
    }
  },
  run(session, { mailbox, messages: given }, answer) {
    const named = namedFolder(session, mailbox, 'tryCreate');
    if (named.folder === undefined) {
      answer(named.refusal);
      return;
    }
    const messages: Appended[] = [];
    for (const { content, ...mark } of given) {
      const whole = 'bytes' in content ? content : catenated(session, content);
      if ('refusal' in whole) {
        answer(whole.refusal);
        return;
      }
      messages.push({ ...mark, raw: whole.binary ? withoutBinary(whole.bytes) : whole.bytes });
    }
    // Of parts Dovecot makes an empty message, too.
    if (given.some(({ content }) => 'bytes' in content && content.bytes.length === 0)) {
      answer(session.say('emptyMessage'));
      return;
    }
    const { folder } = named;
    const bytes = messages.reduce((sum, { raw }) => sum + raw.length, 0);
    if (overQuota(session, bytes)) {
      answer(session.say('overQuota'));
      return;
    }
    session.gate.meet('body', { bytes, messages: messages.length }, (refusal) => {
      if (refusal !== undefined) answer(refusal);
      else session.lasting(() => file(session, folder, messages), answer);
    });
  },
});

function readMessage(given: ArgumentReader, session: ImapSession): Given {
  let flags: readonly string[] = [];
  if (given.peek === '(') {
    flags = checked(
      given.list(() => given.flag(), { empty: true }).filter((flag) => flag.toLowerCase() !== '\\recent'),
    );
    given.space();
  }
  let atMs: number | undefined;
  if (given.peek === '"') {
    atMs = readDateTime(given.string());
    if (atMs === undefined) throw new BadArguments('a date-time expected');
    given.space();
  }
  if (has(session.profile, 'CATENATE') && given.skip('CATENATE '))
    return { flags, atMs, content: readCatenateParts(given, session) };
  // RFC 6855 section 4: a message with UTF-8 in its header says so; it is kept as it is.
  if (session.utf8 && given.skip('UTF8 (')) {
    const { bytes, binary } = given.literal();
    if (!binary) throw new BadArguments('a literal8 expected');
    given.expect(')');
    return { flags, atMs, content: { bytes, binary: false } };
  }
  return { flags, atMs, content: given.literal() };
}

/** What a provider that files sent mail itself takes for the same message. */
function sameInSent({ role, entries }: Folder, raw: Buffer): FolderEntry | undefined {
  const id = messageIdOf(raw);
  if (role !== 'sent' || id === undefined) return undefined;
  return entries.findLast(({ message }) => messageIdOf(message.raw) === id);
}

function file(
  session: ImapSession,
  folder: Parameters<ImapSession['wireName']>[0],
  messages: readonly Appended[],
): Reply {
  const { mailbox, context, profile } = session;
  if (mailbox === undefined) return session.say('noSuchMailbox');
  const nowMs = context.clock.now();
  const uids = messages.map(({ raw, flags, atMs }) => {
    const there = profile.appendsToSentOnce === true ? sameInSent(folder, raw) : undefined;
    if (there !== undefined) return there.uid;
    const kept = profile.keywords ? flags : flags.filter((flag) => flag.startsWith('\\'));
    const delivery = { raw, envelopeFrom: '', folder: folder.name, flags: kept, receivedAtMs: atMs ?? nowMs };
    const { id } = context.mail.deliver(mailbox, delivery);
    return mailbox.entryIn(id, folder)!.uid; // delivered just now
  });
  const done = session.say('done');
  if (!has(profile, 'UIDPLUS')) return done;
  return {
    line: done.line.replace(/^OK /, `OK [APPENDUID ${session.uidValidityOf(folder)} ${setText(uids)}] `),
  };
}
