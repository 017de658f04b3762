import type { SmtpProfile } from '../profile.ts';

/** The client front end connector of an Exchange server (2013 to SE), port 587. */
export const smtp: SmtpProfile = {
  host: 'mail.exchange.test',
  banner: '220 {host} Microsoft ESMTP MAIL Service ready at {date}',
  extensions: [
    'SIZE',
    'PIPELINING',
    'DSN',
    'ENHANCEDSTATUSCODES',
    'STARTTLS',
    'AUTH',
    '8BITMIME',
    'SMTPUTF8',
  ],
  auth: ['PLAIN', 'LOGIN'],
  authNeedsTls: true,
  maxMessageBytes: 10_485_760,
  savesSentCopy: false,
  sendAs: 'enforced',
  unknownRecipients: 'bounced',
  xoauth2Failure: 'straight',
  reportAfterMs: 5_000,
  failedLoginDelayMs: 5_000,
  idleTimeoutMs: 300_000,
  softErrors: 5,
  hardErrors: 5,
  replies: {
    ehlo: '250 {host} Hello [{ip}]',
    helo: '250 {host} Hello [{ip}]',
    startTls: '220 2.0.0 SMTP server ready',
    tlsRequired: '530 5.7.0 Must issue a STARTTLS command first',
    authRequired: '530 5.7.57 Client not authenticated to send mail',
    authenticated: '235 2.7.0 Authentication successful',
    badCredentials: '535 5.7.3 Authentication unsuccessful',
    senderOk: '250 2.1.0 Sender OK',
    recipientOk: '250 2.1.5 Recipient OK',
    startData: '354 Start mail input; end with <CRLF>.<CRLF>',
    accepted: '250 2.6.0 {messageId} [InternalId={id}, Hostname={host}] Queued mail for delivery',
    tooBig: '552 5.3.4 Message size exceeds fixed maximum message size',
    sendAsDenied: '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    unknownRecipientBounce: '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found',
    bareLineFeed:
      '550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA and receiving system does not support BDAT',
    quit: '221 2.0.0 Service closing transmission channel',
    reset: '250 2.0.0 Resetting',
    noop: '250 2.0.0 OK',
    unknownCommand: '500 5.3.3 Unrecognized command',
    timeout: '421 4.4.1 Connection timed out',
    tooManyErrors: '421 4.7.0 Too many errors on this connection, closing transmission channel',
  },
  facts: {
    failedLoginDelayMs: {
      confidence: 'D',
      source: 'OfficeDocs-Exchange message-rate-limits.md; Set-ReceiveConnector.md',
    },
    hardErrors: {
      confidence: 'D',
      source: 'OfficeDocs-Exchange message-rate-limits.md; Set-ReceiveConnector.md',
    },
    tooManyErrors: {
      confidence: 'I',
      source: 'OfficeDocs-Exchange message-rate-limits.md has the number; the text is remembered',
    },
    idleTimeoutMs: {
      confidence: 'D',
      source: 'OfficeDocs-Exchange message-rate-limits.md; Set-ReceiveConnector.md',
    },
    maxMessageBytes: { confidence: 'D', source: 'OfficeDocs-Exchange message-size-limits.md' },
    sendAsDenied: {
      confidence: 'D',
      source:
        'OfficeDocs-Support fix-issues-with-printers-scanners-and-lob-applications-that-send-email-using-off.md',
    },
    accepted: { confidence: 'I', source: 'shape of replies seen in client logs' },
    bareLineFeed: {
      confidence: 'R',
      source: 'Exchange non-delivery reports of 550 5.6.11; where it is said is our own choice',
    },
    reportAfterMs: { confidence: 'ours', source: 'bounces follow acceptance within seconds' },
  },
};
