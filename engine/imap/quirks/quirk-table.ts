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

const standard: ImapQuirks = { name: 'standard', identity: 'folder', fetchBatch: 200 };

/** The first row that matches is the server's. Batch sizes are ours. */
const rows: readonly QuirkRow[] = [
  {
    capability: 'X-GM-EXT-1',
    source:
      'developers.google.com/gmail/imap/imap-extensions; support.google.com/mail/answer/7126229 (15 connections)',
    quirks: {
      name: 'gmail',
      identity: 'global',
      filesSentItself: true,
      fetchBatch: 200,
      connectionsPerMailbox: 15,
    },
  },
  {
    host: /(?:^|\.)(?:outlook|hotmail|office365)\.com$/i,
    source:
      'Outlook.com and Exchange Online share front ends; ImapEnableExactRFC822Size is false by default (learn.microsoft.com, POP3 or IMAP4 settings)',
    quirks: {
      name: 'exchange-online',
      identity: 'folder',
      filesSentItself: true,
      sizeIsEstimate: true,
      fetchBatch: 100,
      connectionsPerMailbox: 16,
    },
  },
  {
    greeting: /Microsoft Exchange/i,
    source:
      'learn.microsoft.com, Set-ImapSettings (16 connections), POP3 or IMAP4 settings; Exchange does not file what is sent over SMTP of its own servers for on-premises IMAP clients',
    quirks: {
      name: 'exchange',
      identity: 'folder',
      sizeIsEstimate: true,
      fetchBatch: 100,
      connectionsPerMailbox: 16,
    },
  },
  {
    host: /(?:^|\.)(?:yahoo|aol|yahoodns)\.(?:com|net)$/i,
    source:
      'senders.yahooinc.com/developer/documentation (MESSAGELIMIT=1000); constant UIDVALIDITY as its users report it',
    quirks: {
      name: 'yahoo',
      identity: 'folder',
      constantUidValidity: true,
      fetchBatch: 100,
      messageLimit: 1_000,
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
  const limit = Math.max(1, Number(told));
  return { ...quirks, messageLimit: limit, fetchBatch: Math.min(quirks.fetchBatch, limit) };
}
