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

/** Clients report that it cuts IDLE after about ten minutes. */
const gmail: ImapQuirks = {
  name: 'gmail',
  filesSentItself: true,
  idleMs: 9 * 60_000,
  fetchBatch: 200,
};
const exchangeOnline: ImapQuirks = { name: 'exchange-online', filesSentItself: true, fetchBatch: 100 };
/** That what is sent is filed is well known, and said by no page of Yahoo's. */
const yahoo: ImapQuirks = { name: 'yahoo', filesSentItself: true, fetchBatch: 100 };

/** The first row that matches is the server's. Batch sizes and times are ours. */
const rows: readonly QuirkRow[] = [
  {
    capability: 'X-GM-EXT-1',
    source: 'developers.google.com/gmail/imap/imap-extensions',
    quirks: gmail,
  },
  {
    greeting: /\bGimap ready\b/,
    source: 'client logs',
    quirks: gmail,
  },
  {
    host: /(?:^|\.)(?:outlook|hotmail|office365)\.com$/i,
    source: 'Outlook.com and Exchange Online share front ends',
    quirks: exchangeOnline,
  },
  {
    greeting: /Microsoft Exchange.*\b(?:outlook|office365)\.com\b/is,
    source: 'client logs: the front end names itself in Base64 of UTF-16, `….prod.outlook.com`',
    quirks: exchangeOnline,
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
    quirks: yahoo,
  },
  {
    greeting: /\b(?:yahoo|aol)\.com\b/i,
    source: 'ours: a front end that names itself in its greeting, for who reaches it by another name',
    quirks: yahoo,
  },
];

/** The row of a server, by what it says of itself and what it is called. */
export function quirksOf(server: {
  readonly host: string;
  readonly greeting: string;
  readonly capabilities: { has(name: string): boolean; keys(): Iterable<string> };
}): ImapQuirks {
  const said = readable(server.greeting);
  const row = rows.find(
    ({ host, greeting, capability }) =>
      (host === undefined || host.test(server.host)) &&
      (greeting === undefined || greeting.test(said)) &&
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

/** The greeting, and the name in brackets that Exchange ends it with: Base64 of UTF-16. */
function readable(greeting: string): string {
  const name = /\[([A-Za-z0-9+/]+=*)\]\s*$/.exec(greeting)?.[1] ?? '';
  return `${greeting} ${Buffer.from(name, 'base64').toString('utf16le')}`;
}
