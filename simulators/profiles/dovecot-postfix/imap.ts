import type { ImapProfile } from '../imap-profile.ts';

const main = 'dovecot/core main 2026-08-22 source';
const debian = 'Dovecot 2.3.19 of Debian 12, asked';

/** IMAP of Dovecot with default settings and Maildir. */
export const imap: ImapProfile = {
  host: 'mail.dovecot.test',
  greeting: 'OK [CAPABILITY {capabilities}] Dovecot ready.',
  capabilitiesBefore: ['IMAP4rev1', 'SASL-IR', 'ID', 'ENABLE', 'IDLE', 'LITERAL+', 'STARTTLS', 'AUTH'],
  capabilities: [
    ...(['IMAP4rev1', 'SASL-IR', 'ID', 'ENABLE', 'IDLE', 'MULTIAPPEND', 'UNSELECT', 'CHILDREN'] as const),
    ...(['NAMESPACE', 'UIDPLUS', 'LIST-EXTENDED', 'CONDSTORE', 'QRESYNC', 'ESEARCH', 'SEARCHRES'] as const),
    ...([
      'WITHIN',
      'LIST-STATUS',
      'BINARY',
      'MOVE',
      'STATUS=SIZE',
      'SAVEDATE',
      'LITERAL+',
      'SPECIAL-USE',
    ] as const),
  ],
  sasl: ['PLAIN', 'LOGIN'],
  capabilitiesAtSignIn: 'code',
  sizes: 'exact',
  folderNames: {},
  hiddenFolders: ['sent', 'drafts', 'trash', 'junk', 'archive'],
  subscribedAtFirst: 'none',
  missingParents: 'noselect',
  storeTellsUnchanged: false,
  keywords: true,
  idleTimeoutMs: 1_800_000,
  loginTimeoutMs: 180_000,
  idleKeepalive: { everyMs: 120_000, line: '* OK Still here' },
  failedLoginDelayMs: 2_000,
  badCommandsBeforeLogin: 3,
  badCommandsAfterLogin: 20,
  maxLineBytes: 65_536,
  id: { name: 'Dovecot' },
  replies: {
    unsupportedMechanism: 'NO [ALERT] Unsupported authentication mechanism.',
    cannotOpen: "NO Mailbox doesn't exist: {mailbox}",
    cannotDelete: "NO {mailbox} can't be deleted.",
    badCharset: 'NO [BADCHARSET] Unknown charset',
    readOnly: 'OK {Command} ignored with read-only mailbox.',
    statusOfSelected: 'OK [CLIENTBUG] Status on selected mailbox completed.',
  },
  facts: {
    greeting: { confidence: 'D-src', source: debian },
    capabilities: {
      confidence: 'D-src',
      source: `${debian}; those this server has. Left out: LOGIN-REFERRALS, SORT, THREAD, URL-PARTIAL, CATENATE, I18NLEVEL, CONTEXT, PREVIEW, NOTIFY`,
    },
    hiddenFolders: { confidence: 'D-src', source: debian },
    missingParents: { confidence: 'D-src', source: debian },
    idleTimeoutMs: { confidence: 'D-src', source: main },
    loginTimeoutMs: { confidence: 'D-src', source: main },
    idleKeepalive: { confidence: 'D-src', source: main },
    failedLoginDelayMs: { confidence: 'D-src', source: main },
    badCommandsBeforeLogin: { confidence: 'D-src', source: main },
    badCommandsAfterLogin: { confidence: 'D-src', source: main },
    maxLineBytes: { confidence: 'D-src', source: main },
    replies: { confidence: 'D-src', source: debian },
  },
};
