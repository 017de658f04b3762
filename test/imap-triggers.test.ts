import { describe, expect, it } from 'vitest';
import { fullProfile } from '../simulators/imap/testing/full-profile.ts';
import { stage } from '../simulators/imap/testing/stage.ts';
import type { Action, Rule } from '../simulators/rules/rule.ts';

// Policy: whatever an IMAP server was seen to do to a client can be written as a rule, fires where it says, and is there
// on the wire: not what would have been said without it, but this.

interface Trigger {
  readonly what: Action | readonly Action[];
  /** Default: any command at its usual phase. */
  readonly where?: Rule['where'];
  readonly when?: Rule['when'];
  /** Default: in the clear. */
  readonly encrypted?: boolean;
  /** Said one after the other, each as soon as the one before was answered. */
  readonly say: readonly string[];
  readonly tells: RegExp;
  /** What happens to the mailbox after so many commands. */
  readonly meanwhile?: { readonly after: number; readonly what: 'arrival' | 'expunge' };
}

const opened = ['l LOGIN anna@alpha.test "anna s3cret "', 's SELECT INBOX'] as const;
const at = (command: string, phase?: Rule['where']['phase']): Rule['where'] =>
  phase === undefined ? { protocol: 'imap', command } : { protocol: 'imap', command, phase };
const silence = (tag: string): RegExp => new RegExp(`^(?![\\s\\S]*\\n${tag} )`);
const fetchAll = 'f UID FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE ENVELOPE BODYSTRUCTURE BODY.PEEK[])';

/** Everything said on one connection, and how it ended. */
function told({ say, meanwhile, what, where, when, encrypted = false }: Trigger, withRules: boolean) {
  const actions: readonly Action[] = Array.isArray(what) ? what : [what];
  const rules = actions.map(
    (each, n): Rule => ({
      id: `rule ${n}`,
      where: where ?? { protocol: 'imap' },
      what: each,
      ...(when && { when }),
    }),
  );
  const world = stage(fullProfile, { rules: withRules ? rules : [] });
  world.mailbox.createFolder('Work');
  world.deliver(...[1, 2, 3].map((n) => `Message-ID: <${n}@x>\r\nSubject: mail ${n}\r\n\r\nbody ${n}\r\n`));
  const talk = world.connect({ encrypted });
  let said = talk.heard();
  for (const [n, command] of say.entries()) {
    said += talk.say(command);
    if (meanwhile?.after !== n + 1) continue;
    if (meanwhile.what === 'arrival') world.deliver('Subject: mail 4\r\n\r\nbody 4\r\n');
    else world.mailbox.removeOldest(1, 'owner');
    said += talk.heard();
  }
  const atOnce = said;
  world.clock.advance(60_000);
  said += talk.heard();
  return { text: `${said}<${talk.over ?? 'open'}>`, atOnce, ledger: world.rules.ledger() };
}

const conversations: Readonly<Record<string, Trigger>> = {
  'a search that fails': {
    what: { kind: 'reply', text: 'NO [SERVERBUG] Internal error' },
    where: at('UID SEARCH'),
    say: [...opened, 'f UID SEARCH ALL'],
    tells: /^f NO \[SERVERBUG\] Internal error\r\n<open>$/m,
  },
  'a search in which the socket drops': {
    what: { kind: 'reset' },
    where: at('UID SEARCH'),
    say: [...opened, 'f UID SEARCH ALL'],
    tells: /^s OK .*\r\n<reset>$/m,
  },
  'a search that finds nothing, and says OK': {
    what: { kind: 'flip', field: 'SEARCH', how: 'missing' },
    where: at('UID SEARCH'),
    say: [...opened, 'f UID SEARCH ALL'],
    tells: /^\* SEARCH\r\nf OK/m,
  },
  'the same with ESEARCH': {
    what: { kind: 'flip', field: 'SEARCH', how: 'missing' },
    where: at('UID SEARCH'),
    say: [...opened, 'f UID SEARCH RETURN (ALL COUNT) ALL'],
    tells: /^\* ESEARCH \(TAG "f"\) UID COUNT 0\r\nf OK/m,
  },
  'a listing of folders that is empty, and OK': {
    what: { kind: 'flip', field: 'LIST', how: 'missing' },
    where: at('LIST'),
    say: [...opened, 'f LIST "" *'],
    tells: /^s OK .*\r\nf OK/m,
  },
  'a fetch that is empty, and OK': {
    what: { kind: 'flip', field: 'FETCH', how: 'missing' },
    where: at('UID FETCH'),
    say: [...opened, fetchAll],
    tells: /^s OK .*\r\nf OK/m,
  },
  'a message that is left out of a fetch': {
    what: { kind: 'flip', field: 'UID', how: 'missing' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1:* (FLAGS)'],
    tells: /^\* 1 FETCH .*\r\n\* 3 FETCH .*\r\nf OK/m,
  },
  'a message that is left out of what changed': {
    what: { kind: 'flip', field: 'UID', how: 'missing' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1)'],
    tells: /^\* 1 FETCH .*\r\n\* 3 FETCH .*\r\n(?!\* 2)/m,
  },
  'a message that is told twice': {
    what: { kind: 'flip', field: 'UID', how: 'doubled' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1:* (FLAGS)'],
    tells: /^\* 2 FETCH .*\r\n\* 2 FETCH /m,
  },
  'a fetch without flags': {
    what: { kind: 'flip', field: 'FLAGS', how: 'missing' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (FLAGS RFC822.SIZE)'],
    tells: /^\* 1 FETCH \(UID 1 RFC822\.SIZE \d+\)\r\n/m,
  },
  'a fetch without UIDs': {
    what: { kind: 'flip', field: 'UID-ITEM', how: 'missing' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (FLAGS)'],
    tells: /^\* 1 FETCH \(FLAGS \(.*\)\)\r\n/m,
  },
  'a fetch without the header that was asked for': {
    what: { kind: 'flip', field: 'BODY[HEADER]', how: 'missing' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (FLAGS BODY.PEEK[HEADER])'],
    tells: /^\* 1 FETCH \(UID 1 FLAGS \(.*\)\)\r\n/m,
  },
  'an envelope that makes no sense': {
    what: { kind: 'flip', field: 'ENVELOPE', how: 'changed' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1:* (ENVELOPE)'],
    tells: /^\* 1 FETCH \(UID 1 ENVELOPE \(NIL "mail 1".*\r\n\* 2 FETCH \(UID 2 ENVELOPE \(NIL\)\)\r\n/m,
  },
  'a structure that makes no sense': {
    what: { kind: 'flip', field: 'BODYSTRUCTURE', how: 'changed' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1:* (BODYSTRUCTURE)'],
    tells: /^\* 2 FETCH \(UID 2 BODYSTRUCTURE \(NIL\)\)\r\n\* 3 FETCH \(UID 3 BODYSTRUCTURE \("text"/m,
  },
  'a message of which it tells nothing but that it is there': {
    what: [
      { kind: 'flip', field: 'FLAGS', how: 'missing' },
      { kind: 'flip', field: 'RFC822.SIZE', how: 'missing' },
    ],
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (FLAGS RFC822.SIZE)'],
    tells: /^\* 1 FETCH \(UID 1\)\r\n/m,
  },
  'a provider that marks what is only peeked at': {
    what: { kind: 'flip', field: 'SEEN', how: 'changed' },
    where: at('UID FETCH', 'command'),
    say: [...opened, 'f UID FETCH 1 (UID BODY.PEEK[])'],
    tells: /FLAGS \(\\Seen /,
  },
  'an earlier UIDVALIDITY, as from a backup': {
    what: { kind: 'lie', field: 'UIDVALIDITY', delta: -1_000_000_000 },
    where: at('SELECT'),
    say: opened,
    tells: /^\* OK \[UIDVALIDITY [67]\d{8}\]/m,
  },
  'another UIDVALIDITY': {
    what: { kind: 'flip', field: 'UIDVALIDITY', how: 'changed' },
    where: at('SELECT'),
    say: opened,
    tells: /^\* OK \[UIDVALIDITY 1767600001\]/m,
  },
  'another UIDVALIDITY for whoever asks by STATUS': {
    what: { kind: 'flip', field: 'UIDVALIDITY', how: 'changed' },
    where: at('STATUS'),
    say: [...opened, 'f STATUS Work (UIDVALIDITY)'],
    tells: /^\* STATUS Work \(UIDVALIDITY 1767600002\)/m,
  },
  'another UIDVALIDITY while the folder is selected': {
    what: { kind: 'garbage', text: '* OK [UIDVALIDITY 4711] UIDs valid' },
    where: at('NOOP'),
    say: [...opened, 'f NOOP'],
    tells: /^\* OK \[UIDVALIDITY 4711\] UIDs valid\r\nf OK/m,
  },
  'no UIDVALIDITY': {
    what: { kind: 'flip', field: 'UIDVALIDITY', how: 'missing' },
    where: at('SELECT'),
    say: opened,
    tells: /^(?![\s\S]*UIDVALIDITY)[\s\S]*\ns OK/,
  },
  'no UIDNEXT': {
    what: { kind: 'flip', field: 'UIDNEXT', how: 'missing' },
    where: at('SELECT'),
    say: opened,
    tells: /^(?![\s\S]*UIDNEXT)[\s\S]*\ns OK/,
  },
  'no UIDNEXT by STATUS': {
    what: { kind: 'flip', field: 'UIDNEXT', how: 'missing' },
    where: at('STATUS'),
    say: [...opened, 'f STATUS INBOX (MESSAGES UIDNEXT)'],
    tells: /^\* STATUS INBOX \(MESSAGES 3\)\r\n/m,
  },
  'a UIDNEXT that went back': {
    what: { kind: 'lie', field: 'UIDNEXT', delta: -2 },
    where: at('SELECT'),
    say: opened,
    tells: /^\* OK \[UIDNEXT 2\]/m,
  },
  'UIDs that are used again for others': {
    what: { kind: 'flip', field: 'UID', how: 'renumbered' },
    where: at('UID FETCH'),
    meanwhile: { after: 2, what: 'expunge' },
    say: [...opened, 'n NOOP', 'f UID FETCH 2:3 (UID)'],
    tells: /^\* 1 FETCH \(UID 1\)\r\n\* 2 FETCH \(UID 2\)\r\n/m,
  },
  'UIDs that are not what they were': {
    what: { kind: 'flip', field: 'UID', how: 'changed' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (UID)'],
    tells: /^\* 1 FETCH \(UID 1001\)/m,
  },
  'UIDs with four thousand million free ones between': {
    what: { kind: 'lie', field: 'UID', delta: 4_000_000_000 },
    where: at('FETCH'),
    say: [...opened, 'f FETCH 3 (UID)'],
    tells: /^\* 3 FETCH \(UID 4000000003\)/m,
  },
  'UID 0': {
    what: { kind: 'lie', field: 'UID', delta: -1 },
    where: at('FETCH'),
    say: [...opened, 'f FETCH 1 (UID)'],
    tells: /^\* 1 FETCH \(UID 0\)/m,
  },
  'a HIGHESTMODSEQ that went back': {
    what: { kind: 'lie', field: 'HIGHESTMODSEQ', delta: -2 },
    where: at('SELECT'),
    say: opened,
    tells: /^\* OK \[HIGHESTMODSEQ 2\]/m,
  },
  'the same by STATUS': {
    what: { kind: 'lie', field: 'HIGHESTMODSEQ', delta: -2 },
    where: at('STATUS'),
    say: [...opened, 'f STATUS INBOX (HIGHESTMODSEQ)'],
    tells: /^\* STATUS INBOX \(HIGHESTMODSEQ 2\)/m,
  },
  'a MODSEQ of a message that is wrong': {
    what: { kind: 'lie', field: 'MODSEQ', delta: -1 },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (MODSEQ)'],
    tells: /^\* 1 FETCH \(UID 1 MODSEQ \(1\)\)/m,
  },
  'no modification sequences after all': {
    what: { kind: 'flip', field: 'MODSEQ', how: 'missing' },
    where: at('SELECT'),
    say: opened,
    tells: /^\* OK \[NOMODSEQ\]/m,
  },
  'ENABLE that enables nothing': {
    what: { kind: 'flip', field: 'ENABLED', how: 'missing' },
    where: at('ENABLE', 'command'),
    say: [...opened, 'f ENABLE QRESYNC', 'g SELECT INBOX (QRESYNC (1767600000 1))'],
    tells: /^\* ENABLED\r\nf OK .*\r\ng BAD/m,
  },
  'VANISHED that is not in its form': {
    what: { kind: 'garbage', text: '* VANISHED (EARLIER) 1:' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1:* (FLAGS)'],
    tells: /^\* VANISHED \(EARLIER\) 1:\r\n\* 1 FETCH/m,
  },
  'VANISHED of what is there': {
    what: { kind: 'garbage', text: '* VANISHED (EARLIER) 1:3' },
    where: at('NOOP'),
    say: [...opened, 'f NOOP'],
    tells: /^\* VANISHED \(EARLIER\) 1:3\r\nf OK/m,
  },
  'a message that is left out of what changed since the last time': {
    what: { kind: 'flip', field: 'UID', how: 'missing' },
    where: at('SELECT'),
    when: { hits: 2 },
    say: [...opened, 'e ENABLE QRESYNC', 'f SELECT INBOX (QRESYNC (1767600000 1))'],
    tells: /^\* 1 FETCH .*\r\n\* 3 FETCH .*\r\nf OK/m,
  },
  'messages that are gone and not told to be': {
    what: { kind: 'flip', field: 'VANISHED', how: 'missing' },
    where: at('SELECT'),
    when: { hits: 2 },
    meanwhile: { after: 2, what: 'expunge' },
    say: [...opened, 'e ENABLE QRESYNC', 'f SELECT INBOX (QRESYNC (1767600000 4))'],
    tells: /^\* OK \[MAILBOXID .*\r\nf OK/m,
  },
  'the same by UID FETCH': {
    what: { kind: 'flip', field: 'VANISHED', how: 'missing' },
    where: at('UID FETCH'),
    meanwhile: { after: 3, what: 'expunge' },
    say: [...opened, 'e ENABLE QRESYNC', 'n NOOP', 'f UID FETCH 1:* (FLAGS) (CHANGEDSINCE 4 VANISHED)'],
    tells: /^n OK .*\r\nf OK/m,
  },
  'EXISTS that says too much': {
    what: { kind: 'lie', field: 'EXISTS', delta: 500 },
    where: at('SELECT'),
    say: opened,
    tells: /^\* 503 EXISTS/m,
  },
  'EXISTS that is told while the folder loads': {
    what: { kind: 'flip', field: 'EXISTS', how: 'doubled' },
    where: at('SELECT'),
    say: opened,
    tells: /^\* 1 EXISTS\r\n\* 3 EXISTS\r\n/m,
  },
  'EXISTS of mail that came, with a wrong number': {
    what: { kind: 'lie', field: 'EXISTS', delta: -2 },
    where: at('NOOP'),
    meanwhile: { after: 2, what: 'arrival' },
    say: [...opened, 'f NOOP'],
    tells: /^\* 2 EXISTS\r\n/m,
  },
  'STATUS that counts wrong': {
    what: { kind: 'lie', field: 'MESSAGES', delta: -3 },
    where: at('STATUS'),
    say: [...opened, 'f STATUS INBOX (MESSAGES)'],
    tells: /^\* STATUS INBOX \(MESSAGES 0\)/m,
  },
  'a size that is too small': {
    what: { kind: 'lie', field: 'RFC822.SIZE', delta: -10 },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (RFC822.SIZE)'],
    tells: /RFC822\.SIZE 36\)/,
  },
  'a size above every limit': {
    what: { kind: 'lie', field: 'SIZE', delta: 3_000_000_000 },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (RFC822.SIZE)'],
    tells: /RFC822\.SIZE 3000000046\)/,
  },
  'a date of a clock that is wrong': {
    what: { kind: 'lie', field: 'INTERNALDATE', delta: 86_400 },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (INTERNALDATE)'],
    tells: /INTERNALDATE "06-Jan-2026 /,
  },
  'a literal longer than it is': {
    what: { kind: 'lie', field: 'LITERAL', delta: 5 },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 BODY.PEEK[]'],
    tells: /BODY\[\] \{51\}\r\nMessage-ID/,
  },
  'a literal shorter than it is': {
    what: { kind: 'lie', field: 'LITERAL', delta: -5 },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 BODY.PEEK[]'],
    tells: /BODY\[\] \{41\}\r\nMessage-ID/,
  },
  'octets that are not what was sent': {
    what: { kind: 'corrupt', bytes: 10 },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 BODY.PEEK[]'],
    tells: /BODY\[\] \{46\}\r\n(?!Message-ID: <1@x>\r\nSubject: mail 1\r\n\r\nbody 1\r\n)[\s\S]{46}\)\r\n/,
  },
  'a line that belongs to nothing': {
    what: { kind: 'garbage', text: 'Server Unavailable. 15' },
    where: at('UID FETCH'),
    say: [...opened, 'f UID FETCH 1 (FLAGS)'],
    tells: /^Server Unavailable\. 15\r\n\* 1 FETCH/m,
  },
  'an answer that comes twice': {
    what: { kind: 'duplicate-reply' },
    where: at('NOOP'),
    say: [...opened, 'f NOOP'],
    tells: /^f OK .*\r\nf OK /m,
  },
  'messages that are said to be gone': {
    what: { kind: 'reply', text: 'NO [EXPUNGEISSUED] Some of the requested messages no longer exist' },
    where: at('UID STORE'),
    say: [...opened, 'f UID STORE 1:3 +FLAGS (\\Seen)', 'g FETCH 1 FLAGS'],
    tells: /^f NO \[EXPUNGEISSUED\][\s\S]*FLAGS \(\\Recent\)/m,
  },
  'a folder that is listed and cannot be opened, which ends the session': {
    what: { kind: 'reply', text: 'NO [SERVERBUG] Mailbox is broken\n* BYE Session terminated', close: true },
    where: { protocol: 'imap', command: 'SELECT', argument: 'Work' },
    say: [...opened, 'f LIST "" Work', 'g SELECT Work'],
    tells: /^f OK[\s\S]*^g NO \[SERVERBUG\] .*\r\n\* BYE .*\r\n<end>$/m,
  },
  'a folder that is gone': {
    what: { kind: 'reply', text: 'NO [NONEXISTENT] Unknown Mailbox' },
    where: at('SELECT'),
    say: opened,
    tells: /^s NO \[NONEXISTENT\]/m,
  },
  'a folder under two names': {
    what: { kind: 'flip', field: 'NAME', how: 'doubled' },
    where: { protocol: 'imap', phase: 'command' },
    say: [...opened, 'f LIST "" *', 'g SELECT INBOX/Work'],
    tells: /"\/" Work\r\n[\s\S]*"\/" INBOX\/Work\r\n[\s\S]*^g OK/m,
  },
  'flags of a client that cannot be kept': {
    what: { kind: 'flip', field: 'PERMANENTFLAGS', how: 'changed' },
    where: at('SELECT'),
    say: opened,
    tells: /PERMANENTFLAGS \(\\Answered \\Flagged \\Deleted \\Seen \\Draft\)/,
  },
  'nothing said of which flags can be kept': {
    what: { kind: 'flip', field: 'PERMANENTFLAGS', how: 'missing' },
    where: at('SELECT'),
    say: opened,
    tells: /^(?![\s\S]*PERMANENTFLAGS)[\s\S]*\ns OK/,
  },
  'no news, though there is some': {
    what: { kind: 'flip', field: 'UPDATES', how: 'missing' },
    where: at('NOOP'),
    meanwhile: { after: 2, what: 'arrival' },
    say: [...opened, 'f NOOP'],
    tells: /^s OK .*\r\nf OK/m,
  },
  'BYE to who idles': {
    what: { kind: 'garbage', text: '* BYE Disconnected for inactivity.' },
    where: at('IDLE', 'body'),
    meanwhile: { after: 3, what: 'arrival' },
    say: [...opened, 'f IDLE'],
    tells: /^\+ idling\r\n\* BYE Disconnected/m,
  },
  'silence to who idles': {
    what: { kind: 'half-open' },
    where: at('IDLE', 'body'),
    meanwhile: { after: 3, what: 'arrival' },
    say: [...opened, 'f IDLE', 'DONE'],
    tells: /^\+ idling\r\n<open>$/m,
  },
  'a throttled command that says how long': {
    what: {
      kind: 'reply',
      text: 'BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds\n* BYE Connection closed. 14',
      close: true,
    },
    where: at('UID FETCH'),
    say: [...opened, fetchAll],
    tells: /^f BAD Request is throttled\. .*\r\n\* BYE Connection closed\. 14\r\n<end>$/m,
  },
  'MOVE that is refused': {
    what: { kind: 'reply', text: 'BAD Command unknown: MOVE' },
    where: at('UID MOVE'),
    say: [...opened, 'f UID MOVE 1 Work', 'g NOOP'],
    tells: /^f BAD .*\r\ng OK/m,
  },
  'MOVE that happened, and whose answer is lost': {
    what: { kind: 'commit-then-drop' },
    where: at('UID MOVE'),
    say: [...opened, 'f UID MOVE 1 Work'],
    tells: /^s OK .*\r\n<reset>$/m,
  },
  'a target that is not there': {
    what: { kind: 'reply', text: 'NO [TRYCREATE] No such mailbox' },
    where: at('UID COPY', 'commit'),
    say: [...opened, 'f UID COPY 1 Work', 'g STATUS Work (MESSAGES)'],
    tells: /^f NO \[TRYCREATE\] .*\r\n.*MESSAGES 0/m,
  },
  'a target that is full': {
    what: { kind: 'reply', text: 'NO [OVERQUOTA] Quota exceeded' },
    where: at('APPEND', 'commit'),
    say: [...opened, 'f APPEND Work {6+}\r\nA: 1\r\n', 'g STATUS Work (MESSAGES)'],
    tells: /^f NO \[OVERQUOTA\] .*\r\n.*MESSAGES 0/m,
  },
  'APPEND that happened, and whose answer is lost': {
    what: { kind: 'commit-then-drop', end: 'close' },
    where: at('APPEND'),
    say: [...opened, 'f APPEND Work {6+}\r\nA: 1\r\n'],
    tells: /^s OK .*\r\n<end>$/m,
  },
  'BYE at once': {
    what: { kind: 'reply', text: '* BYE Too many connections', close: true },
    where: { protocol: 'imap', phase: 'banner' },
    say: [],
    tells: /^\* BYE Too many connections\r\n<end>$/,
  },
  'no greeting': {
    what: { kind: 'hang' },
    where: { protocol: 'imap', phase: 'banner' },
    say: [],
    tells: /^<open>$/,
  },
  'a handshake that stalls': {
    what: { kind: 'tls', fault: 'stall' },
    where: { protocol: 'imap', phase: 'tls' },
    encrypted: true,
    say: [],
    tells: /^<open>$/,
  },
  'a command that is never answered': {
    what: { kind: 'hang' },
    where: at('UID FETCH'),
    say: [...opened, fetchAll, 'g NOOP'],
    tells: silence('[fg]'),
  },
  'a clean close in the place of an answer': {
    what: { kind: 'close' },
    where: at('UID FETCH'),
    say: [...opened, fetchAll],
    tells: /^s OK .*\r\n<end>$/m,
  },
  'a peer that vanishes': {
    what: { kind: 'half-open' },
    where: at('UID FETCH'),
    say: [...opened, fetchAll, 'g NOOP'],
    tells: /^s OK .*\r\n<open>$/m,
  },
  'a literal that breaks off': {
    what: { kind: 'cut', afterBytes: 12, end: 'reset' },
    where: at('UID FETCH', 'body'),
    say: [...opened, 'f UID FETCH 1 BODY.PEEK[]'],
    tells: /BODY\[\] \{46\}\r\nMessage-ID: <reset>$/,
  },
  'an answer that breaks off between CR and LF': {
    what: { kind: 'cut', afterBytes: 29, end: 'close' },
    where: at('UID FETCH', 'reply'),
    say: [...opened, 'f UID FETCH 1 BODY.PEEK[]'],
    tells: /BODY\[\] \{46\}\r<end>$/,
  },
  'a token that expired in the middle of the session': {
    what: { kind: 'reply', text: 'NO Command Error. 10' },
    where: at('NOOP'),
    when: { hits: { from: 2, to: 99 } },
    say: [...opened, 'f NOOP', 'g NOOP', 'h NOOP'],
    tells: /^f OK .*\r\ng NO Command Error\. 10\r\nh NO Command Error\. 10\r\n/m,
  },
  'a sign-in that is refused although nothing is wrong': {
    what: { kind: 'reply', text: 'NO [ALERT] Too many simultaneous connections. (Failure)' },
    where: at('LOGIN'),
    say: opened,
    tells: /^l NO \[ALERT\] Too many simultaneous/m,
  },
  'two commands that fail, and then work': {
    what: { kind: 'reply', text: 'NO [UNAVAILABLE] Try again' },
    where: at('SELECT'),
    when: { hits: { from: 1, to: 2 } },
    say: [...opened, 't SELECT INBOX', 'u SELECT INBOX'],
    tells: /^s NO .*\r\nt NO .*\r\n[\s\S]*^u OK/m,
  },
  'every other command that fails': {
    what: { kind: 'reply', text: 'NO [UNAVAILABLE] Try again' },
    where: at('NOOP'),
    when: { everyNth: 2 },
    say: [...opened, 'f NOOP', 'g NOOP', 'h NOOP', 'i NOOP'],
    tells: /^f OK .*\r\ng NO .*\r\nh OK .*\r\ni NO /m,
  },
};

describe.each(Object.entries(conversations))('%s', (_name, trigger) => {
  it('is there on the wire, and would not be without its rule', () => {
    const [hit, spared] = [told(trigger, true), told(trigger, false)];
    expect(hit.text).toMatch(trigger.tells);
    expect(spared.text).not.toMatch(trigger.tells);
    for (const rule of hit.ledger) expect(rule).toMatchObject({ asExpected: true });
  });
});

/** What takes time: nothing yet, and then the answer. */
const waits: Readonly<Record<string, Trigger>> = {
  'a slow greeting': {
    what: { kind: 'delay', delayMs: 20_000 },
    where: { protocol: 'imap', phase: 'banner' },
    say: [],
    tells: /^\* OK /,
  },
  'a slow answer': {
    what: { kind: 'delay', delayMs: { fromMs: 1_000, toMs: 50_000 } },
    where: at('UID FETCH'),
    say: [...opened, fetchAll],
    tells: /^f OK /m,
  },
  'a slow body': {
    what: { kind: 'delay', delayMs: { p50Ms: 500, p99Ms: 5_000 } },
    where: at('UID FETCH', 'body'),
    say: [...opened, fetchAll],
    tells: /^f OK /m,
  },
  'a thin line': {
    what: { kind: 'bandwidth', bytesPerSecond: 100 },
    where: { protocol: 'imap', phase: 'banner' },
    say: [...opened, fetchAll],
    tells: /^f OK /m,
  },
};

describe.each(Object.entries(waits))('%s', (_name, trigger) => {
  it('comes in the end, and not at once', () => {
    const { text, atOnce } = told(trigger, true);
    expect(text).toMatch(trigger.tells);
    expect(atOnce).not.toMatch(trigger.tells);
    expect(told(trigger, false).atOnce).toMatch(trigger.tells);
  });
});

it('small packets are the same bytes in more of them', () => {
  const rules: readonly Rule[] = [
    { id: 'small', where: { protocol: 'imap', phase: 'banner' }, what: { kind: 'slice', maxBytes: 7 } },
  ];
  const whole = stage(fullProfile).connect().heard();
  const world = stage(fullProfile, { rules });
  const talk = world.connect();
  const first = talk.heard();
  expect(first.length).toBeLessThanOrEqual(7);
  world.clock.advance(1_000);
  expect(first + talk.heard()).toBe(whole);
  expect(talk.writes).toBe(Math.ceil(whole.length / 7));
});

it('a UIDVALIDITY that is another one each session is a rule for each', () => {
  const rules = [1, 2, 3].map(
    (n): Rule => ({
      id: `session ${n}`,
      where: { protocol: 'imap', command: 'SELECT', connection: n },
      what: { kind: 'lie', field: 'UIDVALIDITY', delta: n * 7_200 },
    }),
  );
  const world = stage(fullProfile, { rules });
  const seen = rules.map(() => /UIDVALIDITY (\d+)/.exec(world.signIn().say('s SELECT INBOX'))?.[1]);
  expect(new Set(seen).size).toBe(3);
});

it('an outage is a rule with a beginning and an end, and flapping is many', () => {
  const rules = [0, 20_000, 40_000].map(
    (fromMs): Rule => ({
      id: `down at ${fromMs}`,
      where: { protocol: 'imap', phase: 'banner' },
      when: { fromMs, untilMs: fromMs + 10_000 },
      what: { kind: 'reply', text: '* BYE Service temporarily unavailable', close: true },
    }),
  );
  const world = stage(fullProfile, { rules });
  const greetings = Array.from({ length: 6 }, () => {
    const said = world.connect().heard();
    world.clock.advance(10_000);
    return said.slice(0, 5);
  });
  expect(greetings).toEqual(['* BYE', '* OK ', '* BYE', '* OK ', '* BYE', '* OK ']);
});
