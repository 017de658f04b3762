import type { ReplyDifference } from './differences.ts';

const lenient =
  'Dovecot passes over arguments a command does not take, and over missing ones of ID; the simulator holds to the grammar of RFC 3501 9 and RFC 2971 3.1.';

/** Dovecot 2.3 against the IMAP simulator in the profile `dovecot-postfix`. */
export const imapDifferences: readonly ReplyDifference[] = [
  {
    dialogue: 'folders',
    step: '35 a: LIST "" *',
    real: '* LIST (\\haschildren \\noselect) «/» Arbeit/2026\n* LIST (\\haschildren) «/» Arbeit\n* LIST (\\hasnochildren) «/» Arbeit/2026/Jan\n* LIST (\\hasnochildren) «/» Gr&APwA3w-e\n* LIST (\\hasnochildren) «/» INBOX\ntagged OK',
    ours: '* LIST (\\haschildren \\noselect) «/» Arbeit\n* LIST (\\haschildren \\noselect) «/» Arbeit/2026\n* LIST (\\hasnochildren) «/» Arbeit/2026/Jan\n* LIST (\\hasnochildren) «/» Gr&APwA3w-e\n* LIST (\\hasnochildren) «/» INBOX\ntagged OK',
    reason:
      'Dovecot shows a deleted folder with children as one that can be selected until its list is read anew, and refuses to select it; RFC 3501 6.3.4 has \\Noselect.',
  },
  {
    dialogue: 'condstore and qresync',
    step: '20 b: ENABLE NONSENSE',
    real: 'tagged OK',
    ours: '* ENABLED\ntagged OK',
    reason: 'RFC 5161 3.2 wants the ENABLED response also when nothing was enabled; Dovecot leaves it out.',
  },
  { dialogue: 'strict', step: '3 a: NOOP x', real: 'tagged OK', ours: 'tagged BAD', reason: lenient },
  {
    dialogue: 'strict',
    step: '5 a: SELECT INBOX x',
    real: '* 0 RECENT\n* 4 EXISTS\n* FLAGS ($Label1 $New \\Answered \\Deleted \\Draft \\Flagged \\Seen)\n* OK [PERMANENTFLAGS ($Label1 $New \\* \\Answered \\Deleted \\Draft \\Flagged \\Seen)]\n* OK [UIDNEXT 9]\n* OK [UIDVALIDITY N]\n* OK [UNSEEN 1]\ntagged OK [READ-WRITE]',
    ours: 'tagged BAD',
    reason: lenient,
  },
  {
    dialogue: 'strict',
    step: '6 a: SELECT Nowhere',
    real: '* OK [CLOSED]\ntagged NO',
    ours: 'tagged NO',
    reason: 'Here something was selected before, since Dovecot let the step before pass.',
  },
  {
    dialogue: 'strict',
    step: '23 a: ID',
    real: '* ID («name» «Dovecot»)\ntagged OK',
    ours: 'tagged BAD',
    reason: lenient,
  },
];
