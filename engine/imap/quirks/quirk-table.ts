import type { ImapQuirks } from './imap-quirks.ts';

/** A row of the table, and what a server is known by. Every part that is there has to match. */
interface QuirkRow {
  readonly quirks: ImapQuirks;
  readonly host?: RegExp;
  readonly greeting?: RegExp;
  readonly capability?: string;
  /** Where it is known from. */
  readonly source: string;
}

const standard: ImapQuirks = { name: 'standard', fetchBatch: 200 };

/** The first row that matches is the server's. Batch sizes are ours. */
const rows: readonly QuirkRow[] = [
  {
    capability: 'X-GM-EXT-1',
    source: 'developers.google.com/gmail/imap/imap-extensions',
    quirks: {
      name: 'gmail',
      filesSentItself: true,
      fetchBatch: 200,
    },
  },
  {
    host: /(?:^|\.)(?:outlook|hotmail|office365)\.com$/i,
    source: 'Outlook.com and Exchange Online share front ends',
    quirks: {
      name: 'exchange-online',
      filesSentItself: true,
      fetchBatch: 100,
    },
  },
  {
    greeting: /Microsoft Exchange/i,
    source: 'Exchange does not file what is sent over SMTP of its own servers for on-premises IMAP clients',
    quirks: {
      name: 'exchange',
      fetchBatch: 100,
    },
  },
  {
    host: /(?:^|\.)(?:mail\.me|icloud)\.com$/i,
    // Live mail in VANISHED, and a CONDSTORE that is announced and not enabled.
    source: 'github.com/Foundry376/Mailspring-Sync (SyncWorker.cpp); github.com/lswith/imap-mcp/issues/8',
    quirks: {
      name: 'icloud',
      withoutQresync: true,
      withoutCondstore: true,
      fetchBatch: 100,
    },
  },
  {
    host: /(?:^|\.)(?:yahoo|aol|yahoodns)\.(?:com|net)$/i,
    source: 'senders.yahooinc.com/developer/documentation (MESSAGELIMIT=1000)',
    quirks: {
      name: 'yahoo',
      fetchBatch: 100,
    },
  },
];

/** The row of a server, by what it says of itself and what it is called. */
export function quirksOf(server: {
  readonly host: string;
  readonly greeting: string;
  readonly capabilities: { has(name: string): boolean; keys(): Iterable<string> };
}): ImapQuirks {
  const row = rows.find(
    ({ host, greeting, capability }) =>
      (host === undefined || host.test(server.host)) &&
      (greeting === undefined || greeting.test(server.greeting)) &&
      (capability === undefined || server.capabilities.has(capability)),
  );
  const quirks = row?.quirks ?? standard;
  // RFC 9738: the server says how many messages one command may be about.
  const told = [...server.capabilities.keys()]
    .map((name) => /^MESSAGELIMIT=(\d{1,9})$/i.exec(name)?.[1])
    .find((limit) => limit !== undefined);
  if (told === undefined) return quirks;
  return { ...quirks, fetchBatch: Math.min(quirks.fetchBatch, Math.max(1, Number(told))) };
}
