import { imap as online } from '../exchange-online/imap.ts';
import type { ImapProfile } from '../imap-profile.ts';

const settings = 'office-docs-powershell Set-ImapSettings.md';

/** IMAP of Exchange on the customer's own servers: as Exchange Online, with passwords. */
export const imap: ImapProfile = {
  ...online,
  host: 'mail.exchange.test',
  greeting: 'OK The Microsoft Exchange IMAP4 service is ready.',
  capabilitiesBefore: [
    'IMAP4',
    'IMAP4rev1',
    'AUTH',
    'UIDPLUS',
    'CHILDREN',
    'IDLE',
    'NAMESPACE',
    'LITERAL+',
    'STARTTLS',
  ],
  capabilities: [
    'IMAP4',
    'IMAP4rev1',
    'AUTH',
    'UIDPLUS',
    'MOVE',
    'CHILDREN',
    'IDLE',
    'NAMESPACE',
    'LITERAL+',
  ],
  sasl: ['PLAIN'],
  facts: {
    ...online.facts,
    greeting: { confidence: 'I', source: 'as Exchange Online, without the name of a host' },
    capabilities: { confidence: 'I', source: 'remembered; left out: AUTH=NTLM and AUTH=GSSAPI' },
    idleTimeoutMs: { confidence: 'D', source: settings },
    loginTimeoutMs: { confidence: 'D', source: settings },
    maxLineBytes: { confidence: 'D', source: settings },
  },
};
