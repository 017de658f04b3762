import type { SmtpProfile } from '../profile.ts';

/**
 * Google Workspace. Of what Gmail advertises, CHUNKING and the mechanisms PLAIN-CLIENTTOKEN, OAUTHBEARER and XOAUTH
 * are left out: what is advertised must be handled.
 */
export const smtp: SmtpProfile = {
  host: 'smtp.gmail.com',
  banner: '220 {host} ESMTP {sid} - gsmtp',
  extensions: ['SIZE', '8BITMIME', 'STARTTLS', 'AUTH', 'ENHANCEDSTATUSCODES', 'PIPELINING', 'SMTPUTF8'],
  auth: ['LOGIN', 'PLAIN', 'XOAUTH2'],
  authNeedsTls: true,
  maxMessageBytes: 35_882_577,
  savesSentCopy: true,
  sendAs: 'free',
  unknownRecipients: 'bounced',
  xoauth2Failure: 'challenge',
  reportAfterMs: 5_000,
  failedLoginDelayMs: 0,
  idleTimeoutMs: 300_000,
  softErrors: 10,
  hardErrors: 20,
  replies: {
    ehlo: '250 {host} at your service, [{ip}]',
    helo: '250 {host} at your service',
    startTls: '220 2.0.0 Ready to start TLS',
    tlsRequired: '530 5.7.0 Must issue a STARTTLS command first. {sid} - gsmtp',
    authRequired: '530 5.5.1 Authentication Required. {sid} - gsmtp',
    authenticated: '235 2.7.0 Accepted',
    badCredentials:
      '535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials {sid} - gsmtp',
    unknownMechanism: '504 5.7.4 Unrecognized Authentication Type {sid} - gsmtp',
    undecodableAuth: '501 5.5.2 Cannot Decode response {sid} - gsmtp',
    senderOk: '250 2.1.0 OK {sid} - gsmtp',
    recipientOk: '250 2.1.5 OK {sid} - gsmtp',
    startData: '354 Go ahead {sid} - gsmtp',
    accepted: '250 2.0.0 OK  {unixtime} {sid} - gsmtp',
    helloFirst: '503 5.5.1 EHLO/HELO first. {sid} - gsmtp',
    needSender: '503 5.5.1 MAIL first. {sid} - gsmtp',
    needRecipient: '503 5.5.1 RCPT first. {sid} - gsmtp',
    tooBig: "552 5.2.3 Your message exceeded Google's message size limits. {sid} - gsmtp",
    unknownRecipientBounce:
      '550 5.1.1 The email account that you tried to reach does not exist. {sid} - gsmtp',
    quit: '221 2.0.0 closing connection {sid} - gsmtp',
    reset: '250 2.1.5 Flushed {sid} - gsmtp',
    noop: '250 2.0.0 OK {sid} - gsmtp',
    unknownCommand: '502 5.5.1 Unrecognized command. {sid} - gsmtp',
    unsupportedParameter: '555 5.5.2 Syntax error. {sid} - gsmtp',
    timeout: '451 4.4.2 Timeout - closing connection. {sid} - gsmtp',
    tooManyErrors: '502 5.5.1 Too many unrecognized commands, goodbye. {sid} - gsmtp',
  },
  facts: {
    extensions: { confidence: 'R', source: 'EHLO captures' },
    maxMessageBytes: { confidence: 'R', source: 'EHLO captures' },
    replies: {
      confidence: 'D',
      source:
        'support.google.com/a/answer/3726730 (Gmail SMTP errors and codes); wording of positive replies is inferred',
    },
    badCredentials: {
      confidence: 'R',
      source: 'support.google.com/a/answer/3726730 (Gmail SMTP errors and codes) and captures',
    },
    xoauth2Failure: { confidence: 'R', source: 'captures of the SASL exchange' },
    savesSentCopy: { confidence: 'D', source: 'support.google.com/mail/answer/78892' },
    sentToItself: { confidence: 'I', source: 'one message, received and sent: remembered' },
    sendAs: {
      confidence: 'I',
      source: 'Gmail rewrites From where it is not an alias; nothing here rewrites',
    },
    hardErrors: { confidence: 'ours', source: 'no number is published' },
    idleTimeoutMs: { confidence: 'D-RFC', source: 'RFC 5321 section 4.5.3.2' },
    reportAfterMs: { confidence: 'ours', source: 'bounces follow acceptance within seconds' },
  },
};
