import type { ReceivedEmail } from '../records/email.ts';
import type { ExchangeGraphProfile, Pop3SmtpProfile } from '../records/email-server-profile.ts';
import type { Mailbox } from '../records/mailbox.ts';
import type { CycleEnd } from '../store/store.ts';

export function aProfile(changes: Partial<Pop3SmtpProfile> = {}): Pop3SmtpProfile {
  return {
    id: 'p',
    name: 'Profile',
    serverType: 'pop3-smtp',
    incoming: { host: 'pop.test', port: 995, security: 'tls' },
    outgoing: { host: 'smtp.test', port: 465, security: 'tls' },
    processEmailsReceivedAfter: 0,
    maxConcurrentConnections: 10,
    minPollingIntervalInMinutes: 0,
    timeoutMailboxConnectionAfterMs: 100_000,
    ...changes,
  };
}

export function anExchangeProfile(changes: Partial<ExchangeGraphProfile> = {}): ExchangeGraphProfile {
  return {
    id: 'x',
    name: 'Exchange',
    serverType: 'exchange-graph',
    graph: {
      baseUrl: 'https://graph.test/v1.0',
      authority: 'https://login.test/tenant',
      clientId: '00000000-0000-0000-0000-000000000001',
    },
    processEmailsReceivedAfter: 0,
    maxConcurrentConnections: 10,
    minPollingIntervalInMinutes: 0,
    timeoutMailboxConnectionAfterMs: 100_000,
    ...changes,
  };
}

export function aMailbox(id: string, changes: Partial<Mailbox> = {}): Mailbox {
  return {
    id,
    name: `Mailbox ${id}`,
    emailAddress: `${id}@example.test`,
    emailServerProfileId: 'p',
    credential: { username: id, secret: `secret-of-${id}`, mechanism: 'password' },
    enabledForIncomingEmail: true,
    enabledForOutgoingEmail: true,
    processEmailReceivedAfter: 0,
    processAndDeleteEmails: false,
    ...changes,
  };
}

export function aCycleEnd(changes: Partial<CycleEnd> = {}): CycleEnd {
  return {
    startedAt: 1_000,
    endedAt: 2_000,
    nextRunAt: 302_000,
    wait: 'window',
    outcome: 'success',
    processed: 0,
    failed: 0,
    error: undefined,
    transientFailureCount: 0,
    authFailureCount: 0,
    firstAuthFailureOn: undefined,
    disable: false,
    alerts: [],
    clearAlertCodes: [],
    memo: undefined,
    ...changes,
  };
}

export function aReceivedEmail(changes: Partial<ReceivedEmail> = {}): ReceivedEmail {
  return {
    messageId: '<1@example.test>',
    inReplyTo: undefined,
    subject: 'Hello',
    sentOn: 500,
    receivedOn: 1_500,
    parties: [{ role: 'from', name: 'Ann', address: 'ann@example.test' }],
    textBody: 'Hello',
    htmlBody: undefined,
    attachments: [],
    raw: Buffer.from('Subject: Hello\r\n\r\nHello\r\n'),
    rawSha256: 'aa',
    ...changes,
  };
}
