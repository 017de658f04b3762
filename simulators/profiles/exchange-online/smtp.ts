import type { SmtpProfile } from '../profile.ts';

/**
 * SMTP AUTH client submission. CHUNKING and BINARYMIME, which the service also offers, are left out: nothing here
 * handles BDAT, and what is advertised must be handled.
 */
export const smtp: SmtpProfile = {
  host: 'smtp.office365.com',
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
  auth: ['LOGIN', 'XOAUTH2'],
  authNeedsTls: true,
  maxMessageBytes: 26_214_400,
  savesSentCopy: true,
  sendAs: 'enforced',
  unknownRecipients: 'bounced',
  xoauth2Failure: 'straight',
  reportAfterMs: 15_000,
  failedLoginDelayMs: 0,
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
    badCredentials: '535 5.7.3 Authentication unsuccessful [{host}]',
    badToken: '535 5.7.3 Authentication unsuccessful [{host}]',
    senderOk: '250 2.1.0 Sender OK',
    recipientOk: '250 2.1.5 Recipient OK',
    startData: '354 Start mail input; end with <CRLF>.<CRLF>',
    accepted: '250 2.0.0 OK {messageId} [Hostname={host}]',
    tooBig: '552 5.3.4 Message size exceeds fixed maximum message size',
    sendAsDenied:
      '554 5.2.252 SendAsDenied; {login} not allowed to send as {from}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message. [Hostname={host}]',
    unknownRecipientBounce:
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
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
    banner: {
      confidence: 'D',
      source:
        'OfficeDocs-Support fix-issues-with-printers-scanners-and-lob-applications-that-send-email-using-off.md',
    },
    accepted: { confidence: 'I', source: 'shape of replies seen in client logs' },
    authenticated: {
      confidence: 'D',
      source:
        'office-developer-exchange-docs how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth.md',
    },
    badCredentials: {
      confidence: 'D',
      source:
        'office-developer-exchange-docs how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth.md',
    },
    authRequired: {
      confidence: 'D',
      source:
        'OfficeDocs-Support fix-issues-with-printers-scanners-and-lob-applications-that-send-email-using-off.md; the leading 530 is inferred',
    },
    sendAsDenied: { confidence: 'R', source: 'public SMTP logs of 554 5.2.252' },
    maxMessageBytes: {
      confidence: 'D',
      source:
        'Exchange Online limits service description (OfficeDocs-O365ServiceDescriptions-pr.de-DE 2021-07)',
    },
    savesSentCopy: {
      confidence: 'D',
      source:
        'learn.microsoft.com exchange/troubleshoot/send-emails/smtp-submission-improvements; OfficeDocs-Support PR#1991',
    },
    tooManyErrors: { confidence: 'I', source: 'on-premises text' },
    idleTimeoutMs: { confidence: 'I', source: 'on-premises default' },
    bareLineFeed: {
      confidence: 'R',
      source: 'Exchange non-delivery reports of 550 5.6.11; where it is said is our own choice',
    },
    reportAfterMs: { confidence: 'ours', source: 'bounces follow acceptance within seconds' },
  },
};
