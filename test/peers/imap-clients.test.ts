import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ImapMailbox, imapClients, mbsyncConfiguration } from './clients/imap-clients.ts';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { findProgram } from './requirements.ts';
import { mustRun } from './servers/child.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { type Simulated, startSimulated } from './servers/simulated.ts';

// Policy: mail clients nobody here wrote read from the IMAP simulator and keep mailboxes in step with it, byte for byte,
// in the clear and over TLS; and with Dovecot the outcome is the same.

const anna = { login: 'anna@example.test', password: 'anna-s3cret' };
const bert = { login: 'bert@example.test', password: 'bert-s3cret' };
// NUL has no place in an IMAP literal: servers put something else there.
const corpus = foreignMail()
  .map(({ bytes }) => wireForm(bytes))
  .filter((wire) => !wire.includes(0));

let real: MailSystem;
let ours: Simulated;
beforeAll(async () => {
  [real, ours] = await Promise.all([startMailSystem([anna, bert]), startSimulated([anna, bert])]);
  for (const server of [real.dovecot, ours]) {
    server.put(anna.login, corpus);
    server.put(bert.login, corpus.slice(0, 40));
  }
});
afterAll(async () => {
  await Promise.all([real?.stop(), ours?.stop()]);
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mci-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const sides = ['real', 'simulated'] as const;
type Side = (typeof sides)[number];

function mailbox(side: Side, security: ImapMailbox['security'], user = anna): ImapMailbox {
  const server = side === 'real' ? { ...real.dovecot, caFile: real.certificates.caFile } : ours;
  return { port: security === 'tls' ? server.imaps : server.imap, security, ...user, caFile: server.caFile };
}

const saw = new Map<string, string>();

describe.each(sides)('reading from the %s server', (side) => {
  test.each(
    imapClients.flatMap((client) =>
      client.securities.map((security) => [client.name, security, client] as const),
    ),
  )('%s, %s', { timeout: 120_000 }, async (name, security, client) => {
    const got = await client.fetch(mailbox(side, security), directory);
    expect(got.messages.length).toBe(corpus.length);
    expect(got.messages.every((message, at) => message.equals(corpus[at]!))).toBe(true); // the lengths are the same
    const key = `${name} ${security}`;
    expect(saw.get(key) ?? got.saw).toBe(got.saw);
    saw.set(key, got.saw);
  });

  test('imapflow', { timeout: 120_000 }, async () => {
    const { port, login, password } = mailbox(side, 'none');
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: login, pass: password },
      logger: false,
    });
    await client.connect();
    await client.mailboxOpen('INBOX', { readOnly: true });
    const sources: Buffer[] = [];
    const structures: string[] = [];
    for await (const message of client.fetch('1:*', {
      source: true,
      bodyStructure: true,
      envelope: true,
      size: true,
    })) {
      sources.push(message.source!); // asked for
      structures.push(JSON.stringify([message.envelope, message.bodyStructure, message.size]));
    }
    await client.logout();
    expect(sources.every((source, at) => source.equals(corpus[at]!))).toBe(true); // one for each
    // What differs is made of what no standard describes: addresses and types that are none.
    const before = saw.get('imapflow');
    if (before === undefined) saw.set('imapflow', JSON.stringify(structures));
    else {
      // Written by JSON.stringify above.
      const other = JSON.parse(before) as string[];
      const differing = structures.filter(
        (text, at) => text.toLowerCase() !== other[at]?.toLowerCase(),
      ).length;
      expect(differing / structures.length).toBeLessThan(0.03);
    }
  });

  test('mbsync: both ways, twice, with changes in between', { timeout: 120_000 }, async () => {
    const account = mailbox(side, 'tls', bert);
    const sync = () =>
      mustRun(findProgram('mbsync')!, ['--config', mbsyncConfiguration(account, directory), 'all']);
    mkdirSync(join(directory, 'mail'));
    await sync();
    const inbox = join(directory, 'mail', 'INBOX');
    const files = () =>
      ['cur', 'new'].flatMap((part) => readdirSync(join(inbox, part)).map((name) => join(inbox, part, name)));
    // One of the forty mbsync does not take, from either server.
    expect(files().length).toBe(39);
    // Here one is read, one is thrown away, one is written; there one is flagged and one thrown away.
    const [first = '', second = ''] = files()
      .filter((file) => file.includes('/new/'))
      .sort();
    renameSync(first, `${first.replace('/new/', '/cur/').replace(/:2,.*$/, '')}:2,S`);
    rmSync(second);
    writeFileSync(join(inbox, 'new', '1700000000.here.localhost'), 'Subject: from here\n\nhere\n');
    const { port, login, password } = mailbox(side, 'none', bert);
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: login, pass: password },
      logger: false,
    });
    await client.connect();
    await client.mailboxOpen('INBOX');
    await client.messageFlagsAdd('40', ['\\Flagged'], { uid: true });
    await client.messageDelete('39', { uid: true });
    await client
      .append('Sent', 'Subject: from there\r\n\r\nthere\r\n')
      .catch(() => client.mailboxCreate('Sent'));
    await sync();
    const uids = await client.search({ all: true }, { uid: true });
    const seen = await client.search({ seen: true }, { uid: true });
    await client.logout();
    expect(Array.isArray(uids) && uids.length).toBe(39);
    expect(Array.isArray(seen) && seen.length).toBe(1);
    expect(files().length).toBe(38);
    expect(files().filter((file) => /:2,.*F/.test(file)).length).toBe(1);
    expect(files().some((file) => readFileSync(file, 'utf8').includes('from here'))).toBe(true);
  });
});
