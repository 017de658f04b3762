import type { FolderRole } from '../../mailbox/folder.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import { has } from '../capabilities.ts';
import { row, signedIn } from '../command.ts';
import { totalSizeBytes } from '../folders/folder-facts.ts';
import type { ImapSession } from '../session.ts';
import { mailboxArgument, namedFolder, wireName } from './mailbox-argument.ts';

/** RFC 9208 section 4.1.2. There is one quota root, whose name is empty, for the whole mailbox. */
export const getQuota = row({
  verb: 'GETQUOTA',
  states: signedIn,
  offered: (profile) => has(profile, 'QUOTA'),
  grammar: (given) => {
    given.space();
    const root = given.astring();
    given.end();
    return root;
  },
  run(session, root, answer) {
    if (root === '') answer({ ...session.say('done'), data: [quotaLine(session)] });
    else answer(session.say('noSuchMailbox', { mailbox: root }));
  },
});

/** RFC 9208 section 4.1.3. */
export const getQuotaRoot = row({
  verb: 'GETQUOTAROOT',
  states: signedIn,
  offered: (profile) => has(profile, 'QUOTA'),
  grammar: (given, session) => {
    given.space();
    const mailbox = mailboxArgument(given, session);
    given.end();
    return mailbox;
  },
  run(session, mailbox, answer) {
    const named = namedFolder(session, mailbox, 'cannotOpen');
    if (named.folder === undefined) answer(named.refusal);
    else {
      const root = `* QUOTAROOT ${wireName(mailbox.name ?? mailbox.given, session)} ""\r\n`;
      answer({ ...session.say('done'), data: [root, quotaLine(session)] });
    }
  },
});

/** Whether so many octets more are too many. */
export function overQuota({ profile, mailbox }: ImapSession, moreBytes: number): boolean {
  if (profile.quotaBytes === undefined || mailbox === undefined) return false;
  return usedBytes(mailbox) + moreBytes > profile.quotaBytes;
}

/** STORAGE is told in units of 1,024 octets (RFC 9208 section 5.1). */
function quotaLine({ profile, mailbox }: ImapSession): string {
  if (profile.quotaBytes === undefined || mailbox === undefined) return '* QUOTA "" ()\r\n';
  const [used, limit] = [usedBytes(mailbox), profile.quotaBytes].map((bytes) => Math.ceil(bytes / 1024));
  return `* QUOTA "" (STORAGE ${used} ${limit})\r\n`;
}

/** Where folders are labels, these three have every message once. */
const onceEach: readonly (FolderRole | undefined)[] = ['archive', 'trash', 'junk'];

function usedBytes({ folders, labels }: Mailbox): number {
  return folders.reduce(
    (sum, folder) => (labels && !onceEach.includes(folder.role) ? sum : sum + totalSizeBytes(folder)),
    0,
  );
}
