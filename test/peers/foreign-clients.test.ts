import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PopMailbox, pop3Clients, type Security } from './clients/pop3-clients.ts';
import { type SmtpSecurity, type Submission, smtpClients } from './clients/smtp-clients.ts';
import { foreignMail } from './corpus/sources.ts';
import { deliveredForm, wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { type Simulated, startSimulated } from './servers/simulated.ts';

// Policy: mail clients nobody here wrote fetch from the simulators, and send through them, real messages byte for
// byte, in the clear and over TLS with a verified certificate; and with Dovecot and Postfix the outcome is the same.

const anna = { login: 'anna@example.test', password: 'anna-s3cret' };
const bert = { login: 'bert@example.test', password: 'bert-s3cret' };
const corpus = foreignMail().map(({ name, bytes }) => ({ name, wire: wireForm(bytes) }));

let real: MailSystem;
let ours: Simulated;
beforeAll(async () => {
  // One mailbox for all messages, and one for each client that does not hand on all of them.
  const readers = pop3Clients.filter(({ takes }) => takes !== undefined).map(({ name }) => reader(name));
  const users = [anna, bert, ...readers];
  [real, ours] = await Promise.all([startMailSystem(users), startSimulated(users)]);
  for (const client of pop3Clients) {
    const messages = mailFor(client).map(({ wire }) => wire);
    const { login } = mailboxOf(client);
    if (client.takes === undefined && client !== pop3Clients[0]) continue;
    real.dovecot.put(login, messages);
    ours.put(login, messages);
  }
});
afterAll(async () => {
  await Promise.all([real?.stop(), ours?.stop()]);
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mcp-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function reader(name: string): { login: string; password: string } {
  return { login: `${name}@example.test`, password: `${name}-s3cret` };
}

function mailboxOf({ name, takes }: (typeof pop3Clients)[number]): { login: string; password: string } {
  return takes === undefined ? anna : reader(name);
}

function mailFor({ takes }: (typeof pop3Clients)[number]) {
  return corpus.filter(({ wire }) => takes === undefined || takes(wire));
}

const sides = ['real', 'simulated'] as const;
type Side = (typeof sides)[number];

function popServer(side: Side, security: Security): Pick<PopMailbox, 'port' | 'security' | 'caFile'> {
  const server = side === 'real' ? { ...real.dovecot, caFile: real.certificates.caFile } : ours;
  return { port: security === 'tls' ? server.pop3s : server.pop3, security, caFile: server.caFile };
}

function submission(side: Side, security: SmtpSecurity): Submission {
  const server = side === 'real' ? { ...real.postfix, caFile: real.certificates.caFile } : ours;
  return {
    port: security === 'tls' ? server.submissions : server.submission,
    security,
    ...anna,
    recipient: bert.login,
    caFile: server.caFile,
  };
}

describe.each(sides)('fetching from the %s server', (side) => {
  const cases = pop3Clients.flatMap((client) =>
    client.securities.map((security) => [client.name, security, client] as const),
  );
  test.each(cases)('%s, %s', async (_, security, client) => {
    const expected = mailFor(client);
    expect(expected.length).toBeGreaterThan(40);
    const fetched = await client.fetch({ ...popServer(side, security), ...mailboxOf(client) }, directory);
    const differing = expected.filter(
      ({ wire }, at) => !client.restore(fetched[at] ?? Buffer.alloc(0)).equals(wire),
    );
    expect(differing.map(({ name }) => name)).toEqual([]);
    expect(fetched.length).toBe(expected.length);
  });
});

/** Every twelfth message that may go over SMTP as it is: lines of RFC 5321 4.5.3.1.6, a sender, no Bcc to take out. */
const sendable = corpus
  .filter(({ wire }) => {
    const text = wire.toString('latin1');
    const header = text.slice(0, text.indexOf('\r\n\r\n'));
    const lines = header.split(/\r\n(?![ \t])/);
    return (
      lines.every((line) => /^[!-9;-~]+: ?\S/.test(line)) &&
      lines.some((line) => /^from:/i.test(line)) &&
      !lines.some((line) => /^(?:bcc|return-path):/i.test(line)) &&
      text.split('\r\n').every((line) => line.length <= 998)
    );
  })
  .filter((_, at) => at % 12 === 0)
  .map(({ wire }) => wire);

describe.each(sides)('sending through the %s server', (side) => {
  let before = 0;
  const securities = ['starttls', 'tls'] as const;
  const cases = smtpClients.flatMap((client) =>
    securities.map((security) => [client.name, security, client] as const),
  );
  test.each(cases)('%s, %s', async (_, security, client) => {
    expect(sendable.length).toBeGreaterThan(8);
    await client.send(submission(side, security), sendable, directory);
    const arrived = (await inbox(side, before + sendable.length)).slice(before);
    before += arrived.length;
    expect(arrived.length).toBe(sendable.length);
    // Postfix hands over in parallel, so the order of arrival says nothing.
    for (const message of sendable) {
      const forms = arrived.map((delivered) => deliveredForm(delivered, message));
      const match = forms.find(({ rest }) => rest.equals(message));
      expect(match, message.subarray(0, 300).toString('latin1')).toBeDefined();
      expect(new Set(match!.trace)).toEqual(new Set(['trace']));
    }
  });
});

/** Bert's messages, as soon as there are `count`; Postfix answers before Dovecot has the message. */
async function inbox(side: Side, count: number): Promise<Buffer[]> {
  for (;;) {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-'));
    const poplib = pop3Clients.find(({ name }) => name === 'poplib')!; // one of the clients above
    const messages = await poplib.fetch({ ...popServer(side, 'none'), ...bert }, folder);
    rmSync(folder, { recursive: true });
    if (messages.length >= count) return messages;
  }
}
