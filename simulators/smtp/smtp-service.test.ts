/**
 * Policy: the submission server says what its profile says, over memory as over TCP; what it advertises it handles,
 * what it does not advertise it refuses; an accepted message is in the books and in the mailboxes byte for byte.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { smtp as dovecotPostfix } from '../profiles/dovecot-postfix/smtp.ts';
import { smtp as exchangeOnline } from '../profiles/exchange-online/smtp.ts';
import { smtp as exchangeOnprem } from '../profiles/exchange-onprem/smtp.ts';
import { smtp as gmailConsumer } from '../profiles/gmail-consumer/smtp.ts';
import { smtp as gmailWorkspace } from '../profiles/gmail-workspace/smtp.ts';
import { smtp as outlookCom } from '../profiles/outlook-com/smtp.ts';
import { smtp as yahoo } from '../profiles/yahoo/smtp.ts';
import { type Bench, base64, Dialogue, message, openBench, receiver, sender } from './testing/dialogue.ts';

const profiles = {
  'dovecot-postfix': dovecotPostfix,
  'exchange-online': exchangeOnline,
  'exchange-onprem': exchangeOnprem,
  'gmail-consumer': gmailConsumer,
  'gmail-workspace': gmailWorkspace,
  'outlook-com': outlookCom,
  yahoo,
};

let bench: Bench;
afterEach(() => bench.close());

const open = (...values: Parameters<typeof openBench>): Bench => {
  bench = openBench(...values);
  return bench;
};
const inboxOf = (address: string): string[] =>
  bench.context.mail.truth
    .inventory(address)
    .filter(({ folder }) => folder === 'INBOX')
    .map(({ message: { raw } }) => raw.toString());

describe.each(Object.entries(profiles))('%s', (_name, profile) => {
  test.each(['memory', 'tcp'] as const)('takes a message over %s', async (transport) => {
    open(profile);
    const client = transport === 'memory' ? bench.inMemory() : await bench.overTcp();
    expect(await client.signIn()).toMatch(/^235 /);
    expect(await client.submit()).toMatch(/^250 /);
    expect(await client.say('QUIT')).toMatch(/^221 /);
    expect(await client.reply()).toBe('closed');

    const [delivered] = inboxOf(receiver.address);
    expect(delivered).toMatch(
      /^Return-Path: <ann@alpha\.test>\r\nReceived: from client\.test \(\[127\.0\.0\.1\]\)\r\n/,
    );
    expect(delivered?.endsWith(`\r\n${message()}`)).toBe(true);
    const [submission] = bench.context.mail.truth.submissions;
    expect(submission).toMatchObject({
      login: sender.address,
      acknowledged: true,
      messageId: '<m1@client.test>',
    });
    expect(submission?.raw.toString()).toBe(message());
    expect(bench.events.filter(({ kind }) => kind === 'accepted')).toEqual([
      expect.objectContaining({
        connection: 'smtp#1',
        mailbox: sender.address,
        messageId: '<m1@client.test>',
      }),
    ]);
    const sent = bench.context.mail.find(sender.address)?.role('sent').entries ?? [];
    expect(sent.map(({ message: { raw } }) => raw.toString())).toEqual(
      profile.savesSentCopy ? [message()] : [],
    );
  });

  test('advertises what it handles and nothing else, in the clear and encrypted', async () => {
    open(profile);
    for (const encrypted of [false, true]) {
      const client = bench.inMemory({ encrypted });
      expect(await client.reply()).toMatch(/^220 /);
      const [, ...lines] = (await client.say('EHLO client.test')).split('\n').map((line) => line.slice(4));
      expect(lines).toEqual(
        profile.extensions.flatMap((extension) => {
          if (extension === 'SIZE') return [`SIZE ${profile.maxMessageBytes}`];
          if (extension === 'STARTTLS') return encrypted ? [] : ['STARTTLS'];
          if (extension === 'AUTH') return encrypted ? [`AUTH ${profile.auth.join(' ')}`] : [];
          return [extension];
        }),
      );
      const password = await client.say(`AUTH LOGIN ${base64(sender.address)}`);
      expect(password).toMatch(encrypted ? /^334 / : /^530 5\.7\.0 /);
    }
  });

  test('handles the parameters of advertised extensions and refuses all others', async () => {
    open(profile);
    const client = bench.inMemory();
    await client.signIn();
    const parameters = [
      ['SIZE', ' SIZE=100'],
      ['8BITMIME', ' BODY=8BITMIME'],
      ['SMTPUTF8', ' SMTPUTF8'],
      ['DSN', ' RET=HDRS'],
      ['DSN', ' ENVID=q1'],
      ['REQUIRETLS', ' REQUIRETLS'],
      ['DELIVERBY', ' BY=120;N'],
    ] as const;
    for (const [extension, parameter] of parameters) {
      const offered = profile.extensions.some((name) => name === extension);
      const reply = await client.say(`MAIL FROM:<${sender.address}>${parameter}`);
      expect(reply, parameter).toMatch(offered ? /^250 / : /^555 5\.5\.[24] /);
      await client.say('RSET');
    }
    await client.say(`MAIL FROM:<${sender.address}>`);
    for (const parameter of ['NOTIFY=SUCCESS', `ORCPT=rfc822;${receiver.address}`])
      expect(await client.say(`RCPT TO:<${receiver.address}> ${parameter}`), parameter).toMatch(
        profile.extensions.includes('DSN') ? /^250 / : /^555 /,
      );
  });

  test('takes the ways to sign in that it advertises and refuses all others', async () => {
    open(profile);
    for (const method of ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER', 'CRAM-MD5', 'NTLM']) {
      const client = bench.inMemory();
      await client.reply();
      await client.say('EHLO client.test');
      const offered = profile.auth.some((name) => name === method);
      expect(await client.say(`AUTH ${method}`), method).toMatch(offered ? /^334/ : /^5\d\d /);
    }
  });

  test('refuses commands of extensions that it does not advertise', async () => {
    open(profile);
    const client = bench.inMemory();
    await client.signIn();
    for (const command of ['BDAT 5 LAST', 'ETRN alpha.test', 'TURN', 'XCLIENT NAME=a', 'EXPN staff'])
      expect(await client.say(command), command).toMatch(/^5\d\d /);
  });

  test('refuses a wrong password and a message over its size', async () => {
    open({ ...profile, maxMessageBytes: 1000 }, { speed: 1000 });
    const client = bench.inMemory();
    expect(await client.signIn({ ...sender, password: 'wrong' })).toMatch(/^535[ -]5\.7\.\d/);
    await client.say('AUTH LOGIN');
    await client.say(base64(sender.address));
    expect(await client.say(base64('ann-secret'))).toMatch(/^235 /);
    expect(await client.submit({ text: `${message()}${'x'.repeat(1200)}\r\n` })).toMatch(
      /^552 5\.[23]\.[34] /,
    );
    expect(bench.context.mail.truth.submissions).toHaveLength(0);
    expect(await client.submit()).toMatch(/^250 /);
  });
});

test('no secret reaches the trace, however the client gets its dialogue wrong', async () => {
  open(dovecotPostfix);
  const client = bench.inMemory();
  await client.reply();
  await client.say('EHLO client.test');
  await client.say(`AUTH PLAIN ${base64('\0ann@alpha.test\0nope-secret')}`);
  await client.say(base64('stray-secret'));
  await client.say(`AUTH ${base64('odd-secret')}`);
  await client.say('AUTH LOGIN');
  await client.say(base64(sender.address));
  await client.say(base64('ann-secret'));
  // Without case: a stray line read as a verb would be traced in capitals.
  const trace = JSON.stringify(bench.events).toLowerCase();
  for (const secret of ['nope-secret', 'stray-secret', 'odd-secret', 'ann-secret']) {
    expect(trace).not.toContain(secret);
    expect(trace).not.toContain(base64(secret).toLowerCase());
  }
  expect(trace).not.toContain(base64('\0ann@alpha.test\0nope-secret').toLowerCase());
  expect(bench.events).toContainEqual(
    expect.objectContaining({ command: 'AUTH', argument: 'PLAIN [redacted]' }),
  );
});

describe('XOAUTH2', () => {
  const blob = (token: string): string => base64(`user=${sender.address}\x01auth=Bearer ${token}\x01\x01`);

  test('Gmail answers a bad token with its JSON challenge, then 535', async () => {
    open(gmailWorkspace);
    const client = bench.inMemory();
    await client.reply();
    await client.say('EHLO client.test');
    const challenge = await client.say(`AUTH XOAUTH2 ${blob('stale')}`);
    expect(challenge).toBe(
      '334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==',
    );
    expect(await client.say('')).toMatch(
      /^535-5\.7\.8 Username and Password not accepted\. For more information, go to\n535 5\.7\.8 {2}https:\/\/support\.google\.com\/mail\/\?p=BadCredentials \S+ - gsmtp$/,
    );
    expect(await client.say(`AUTH XOAUTH2 ${blob('ann-token')}`)).toBe('235 2.7.0 Accepted');
  });

  test('Exchange Online refuses a bad token at once', async () => {
    open(exchangeOnline);
    const client = bench.inMemory();
    await client.reply();
    await client.say('EHLO client.test');
    expect(await client.say('AUTH XOAUTH2')).toBe('334 ');
    expect(await client.say(blob('stale'))).toBe(
      '535 5.7.3 Authentication unsuccessful [smtp.office365.com]',
    );
    expect(await client.say(`AUTH XOAUTH2 ${blob('ann-token')}`)).toMatch(/^235 /);
  });
});

describe('recipients', () => {
  test('Postfix refuses an unknown local recipient at RCPT, and DATA when none is left', async () => {
    open(dovecotPostfix);
    const client = bench.inMemory();
    await client.signIn();
    expect(await client.submit({ to: ['nobody@alpha.test'] })).toBe(
      '550 5.1.1 <nobody@alpha.test>: Recipient address rejected: User unknown in local recipient table',
    );
    expect(await client.say('DATA')).toBe('554 5.5.1 Error: no valid recipients');
  });

  test('Exchange Online accepts it and bounces later, from the null sender', async () => {
    open(exchangeOnline, { speed: 1000 });
    const bounced = new Promise<void>((resolve) =>
      bench.context.mail.find(sender.address)?.onChange((change) => {
        if (change.kind === 'arrived' && change.folder.name === 'INBOX') resolve();
      }),
    );
    const client = bench.inMemory();
    await client.signIn();
    expect(await client.submit({ to: ['nobody@alpha.test', receiver.address] })).toMatch(
      /^250 2\.0\.0 OK <m1@client\.test> /,
    );
    expect(inboxOf(sender.address)).toEqual([]);
    await bounced;
    const [bounce] = inboxOf(sender.address);
    expect(bounce).toMatch(/^Return-Path: <>\r\n/);
    expect(bounce).toContain('Content-Type: multipart/report; report-type=delivery-status;');
    expect(bounce).toContain(
      'Final-Recipient: rfc822; nobody@alpha.test\r\nAction: failed\r\nStatus: 5.1.10\r\n',
    );
    expect(bounce).toContain(message());
    expect(inboxOf(receiver.address)).toHaveLength(1);
  });

  test('addresses outside leave, and are told apart in the books', async () => {
    open(yahoo);
    const client = bench.inMemory();
    await client.signIn();
    await client.submit({ to: ['eve@elsewhere.test'] });
    expect(bench.context.mail.truth.outside).toMatchObject([
      { address: 'eve@elsewhere.test', envelopeFrom: sender.address },
    ]);
    expect(bench.context.mail.truth.submissions[0]?.recipients).toEqual([
      { address: 'eve@elsewhere.test', outcome: 'outside' },
    ]);
  });

  test('NOTIFY, ORCPT, ENVID and RET are honoured', async () => {
    open(dovecotPostfix, { speed: 1000 });
    const told = new Promise<void>((resolve) =>
      bench.context.mail.find(sender.address)?.onChange(() => resolve()),
    );
    const client = bench.inMemory();
    await client.signIn();
    await client.submit({
      sender: ' RET=HDRS ENVID=q+2B1',
      recipient: ' NOTIFY=SUCCESS ORCPT=rfc822;robert@alpha.test',
    });
    await told;
    const [report] = inboxOf(sender.address);
    expect(report).toContain('Original-Envelope-Id: q+1\r\n');
    expect(report).toContain(
      'Final-Recipient: rfc822; bob@alpha.test\r\nOriginal-Recipient: rfc822;robert@alpha.test\r\nAction: delivered\r\nStatus: 2.0.0\r\n',
    );
    expect(report).toContain('Content-Type: text/rfc822-headers');
    expect(report).not.toContain('Hello, Bob.');
  });

  test('only addresses of the login may send, where the provider says so', async () => {
    open(exchangeOnline);
    const client = bench.inMemory();
    await client.signIn();
    expect(await client.submit({ text: message('bob@alpha.test') })).toMatch(
      /^554 5\.2\.252 SendAsDenied; ann@alpha\.test not allowed to send as bob@alpha\.test;/,
    );
    expect(await client.submit({ from: 'bob@alpha.test' })).toMatch(/^554 5\.2\.252 /);
    expect(inboxOf(receiver.address)).toEqual([]);
  });
});

test('a client that never stops making mistakes is slowed down, then left', async () => {
  open({ ...dovecotPostfix, softErrors: 2, hardErrors: 4 }, { speed: 20 });
  const client = bench.inMemory();
  await client.reply();
  const { clock } = bench.context;
  const startMs = clock.now();
  for (let n = 0; n < 4; n += 1)
    expect(await client.say('XYZZY')).toBe('500 5.5.2 Error: command not recognized');
  expect(clock.now() - startMs).toBeGreaterThanOrEqual(2000);
  expect(await client.reply()).toBe('421 4.7.0 mail.postfix.test Error: too many errors');
  expect(await client.reply()).toBe('closed');
});

test('an idle connection is told and left', async () => {
  open(dovecotPostfix, { speed: 10_000 });
  const client = bench.inMemory();
  await client.reply();
  expect(await client.reply()).toBe('421 4.4.2 mail.postfix.test Error: timeout exceeded');
  expect(await client.reply()).toBe('closed');
});

test('an address beyond ASCII needs SMTPUTF8', async () => {
  open(dovecotPostfix);
  const client = bench.inMemory();
  await client.signIn();
  const address = Buffer.from('änn@elsewhere.test').toString('latin1');
  client.socket.setDefaultEncoding('latin1');
  expect(await client.say(`MAIL FROM:<${address}>`)).toMatch(/^553 5\.6\.7 /);
  expect(await client.say(`MAIL FROM:<${address}> SMTPUTF8`)).toBe('250 2.1.0 Ok');
});

test("300 connections one after another are greeted without smtp-server's wait of 100 ms each", async () => {
  open(dovecotPostfix);
  const port = await bench.listen(true);
  const net = await import('node:net');
  const startMs = bench.context.clock.now();
  for (let n = 0; n < 300; n += 1) {
    const client = new Dialogue(net.connect(port, '127.0.0.1'));
    expect(await client.reply()).toBe('220 mail.postfix.test ESMTP Postfix');
    client.socket.destroy();
  }
  expect(bench.context.clock.now() - startMs).toBeLessThan(3000);
});

test.each([
  ['Exchange Online', exchangeOnline, /^550 5\.6\.11 SMTPSEND\.BareLinefeedsAreIllegal;/],
  [
    'a Postfix that forbids it',
    {
      ...dovecotPostfix,
      replies: { ...dovecotPostfix.replies, bareLineFeed: '521 5.5.2 {host} Error: bare <LF> received' },
    },
    /^521 5\.5\.2 mail\.postfix\.test Error: bare <LF> received$/,
  ],
  ['a Postfix as it is shipped', dovecotPostfix, /^250 /],
] as const)('a line ended by LF alone: %s', async (_name, profile, answer) => {
  open(profile);
  const client = bench.inMemory();
  await client.signIn();
  const text = `${message()}one\ntwo\r\n`;
  expect(await client.submit({ text })).toMatch(answer);
  const [kept] = inboxOf(receiver.address);
  if (answer.source.startsWith('^250')) expect(kept?.endsWith(text)).toBe(true);
  else expect(kept).toBeUndefined();
  expect(await client.submit()).toMatch(/^250 /);
});
