import type { ImapProfile } from '../imap-profile.ts';

const logs = 'identical in client logs of 2015 to 2023';
const onPremises = 'on-premises default, Set-ImapSettings.md';

/** IMAP of Exchange Online: no modification sequences, no special uses, estimated sizes, no response codes. */
export const imap: ImapProfile = {
  host: 'outlook.office365.com',
  greeting: 'OK The Microsoft Exchange IMAP4 service is ready. [{b64host}]',
  capabilitiesBefore: [
    ...(['IMAP4', 'IMAP4rev1', 'AUTH', 'SASL-IR', 'UIDPLUS', 'ID', 'UNSELECT', 'CHILDREN'] as const),
    ...(['IDLE', 'NAMESPACE', 'LITERAL+', 'STARTTLS'] as const),
  ],
  capabilities: [
    ...(['IMAP4', 'IMAP4rev1', 'AUTH', 'SASL-IR', 'UIDPLUS', 'MOVE', 'ID', 'UNSELECT', 'CHILDREN'] as const),
    ...(['IDLE', 'NAMESPACE', 'LITERAL+'] as const),
  ],
  sasl: ['PLAIN', 'XOAUTH2'],
  expiredSession: 'NO Command Error. 10',
  capabilitiesAtSignIn: 'not',
  sizes: 'estimated',
  folderNames: { sent: 'Sent Items', trash: 'Deleted Items', junk: 'Junk Email' },
  hiddenFolders: [],
  subscribedAtFirst: 'all',
  missingParents: 'made',
  storeTellsUnchanged: true,
  keywords: false,
  idleTimeoutMs: 1_800_000,
  loginTimeoutMs: 60_000,
  failedLoginDelayMs: 0,
  badCommandsBeforeLogin: 3,
  badCommandsAfterLogin: 20,
  maxLineBytes: 10_240,
  id: { name: 'Microsoft.Exchange.Imap4.Imap4Server', version: '15.20' },
  replies: {
    done: 'OK {COMMAND} completed.',
    statusOfSelected: 'OK {COMMAND} completed.',
    signedIn: 'OK {COMMAND} completed.',
    badCredentials: 'NO {COMMAND} failed.',
    expiredToken: 'NO {COMMAND} failed.',
    // Signed in, and then not connected: what disabled access looks like.
    disabled: 'NO {COMMAND} failed.',
    saslMalformed: 'NO {COMMAND} failed.',
    unsupportedMechanism: 'NO {COMMAND} failed.',
    unknownCommand: 'BAD Command Error. 12',
    wrongState: 'BAD Command received in Invalid state.',
    noMailboxSelected: 'BAD Command received in Invalid state.',
    badArguments: 'BAD Command Argument Error. 11',
    badCommand: 'BAD Command Error. 12',
    noSuchMailbox: "NO {mailbox} doesn't exist.",
    cannotOpen: "NO {mailbox} doesn't exist.",
    tryCreate: "NO [TRYCREATE] {mailbox} doesn't exist.",
    tooBig: 'NO Maximum size of appendable message has been exceeded',
    bye: '* BYE Microsoft Exchange Server 2016 IMAP4 server signing off.',
    idle: '* BYE Connection is closed. 13',
    loginIdle: '* BYE Connection is closed. 13',
    tooManyBadCommands: '* BYE Connection is closed. 14',
    lineTooLong: '* BYE Connection is closed. 14',
    inconsistent: '* BYE Connection closed. 14',
    idling: '+ IDLE accepted, awaiting DONE command.',
    goAhead: '+ Ready for additional command text.',
  },
  facts: {
    greeting: { confidence: 'R', source: logs },
    capabilities: {
      confidence: 'R',
      source: `${logs}; left out: CLIENTACCESSRULES, CLIENTNETWORKPRESENCELOCATION and BACKENDAUTHENTICATE, which no client uses`,
    },
    sizes: { confidence: 'D', source: 'OfficeDocs-Exchange pop3-or-imap4-settings.md' },
    folderNames: { confidence: 'R', source: logs },
    idleTimeoutMs: { confidence: 'I', source: onPremises },
    loginTimeoutMs: { confidence: 'I', source: onPremises },
    maxLineBytes: { confidence: 'I', source: onPremises },
    badCredentials: {
      confidence: 'D',
      source:
        'office-developer-exchange-docs how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth.md',
    },
    expiredSession: {
      confidence: 'R',
      source: 'FairEmail FAQ.md, which also has sessions dropped; that it is tagged NO is inferred',
    },
    bye: { confidence: 'R', source: logs },
    replies: { confidence: 'I', source: 'remembered, where no other fact is about one' },
  },
};
