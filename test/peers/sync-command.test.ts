import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { anna, bert, summaryOf, Workplace } from './sync/workplace.ts';

// Policy: `mailclock sync` ends when it is told to, whatever the servers do, and what cannot work is said in one
// sentence, with an exit code that tells a mistake of the operator's from trouble with a server.

const few = foreignMail()
  .slice(0, 20)
  .map(({ bytes }) => wireForm(bytes));

let system: MailSystem;
beforeAll(async () => {
  system = await startMailSystem([anna, bert]);
  system.dovecot.put(anna.login, few);
});
afterAll(async () => {
  await system?.stop();
});

let work: Workplace;
beforeEach(() => {
  work = new Workplace(system);
  work.configure();
});
afterEach(() => work.clean());

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it in order, with a summary', async (signal) => {
    work.configure({ settings: { incomingWindowMs: 300_000, outgoingWindowMs: 300_000 } });
    const running = work.start('--json');
    while (!running.output().includes('"workload":"incoming"')) await delay(10);
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(summaryOf(ended)).toMatchObject({ kind: 'summary' });
    expect(ended.stderr).toBe(
      'mailclock: stopping; what is under way is brought to an end (again to stop at once)\n',
    );
  });

  test('a server that says nothing does not keep it', async () => {
    const silent = createServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const connected = once(silent, 'connection');
    const { port } = silent.address() as AddressInfo; // listening on TCP, so never a path
    const text = readFileSync(work.config, 'utf8');
    writeFileSync(work.config, text.replace(`port: ${system.dovecot.pop3}`, `port: ${port}`));
    const running = work.start();
    await connected;
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0, signal: null });
    silent.close();
  });
});

describe('trouble with a server: exit code 1', () => {
  test('a certificate nobody vouches for: nothing is fetched', async () => {
    work.configure({ trusted: false });
    const ended = await work.once();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/certificate/i);
    expect(await work.raw('anna')).toEqual([]);
  });

  test('a wrong password: tried once, never told, and good again when it is set right', async () => {
    const refusals = () => system.dovecot.log().split('Password mismatch').length;
    const before = refusals();
    writeFileSync(work.annasSecret, 'wrong-s3cret-4711\n');
    for (const ended of [await work.once(), await work.once()]) {
      expect(ended.code).toBe(1);
      expect(ended.stdout).toMatch(/^anna +incoming .* disabled$/m);
      expect(ended.stdout + ended.stderr).not.toContain('wrong-s3cret-4711');
    }
    expect(work.storeBytes()).not.toContain('wrong-s3cret-4711');
    expect(refusals()).toBe(before + 1);

    writeFileSync(work.annasSecret, anna.password);
    expect((await work.once('--enable', 'anna')).code).toBe(0);
    expect(await work.raw('anna')).toEqual(few);
  });

  test('a server that is not there: said, and tried again later', async () => {
    const text = readFileSync(work.config, 'utf8');
    writeFileSync(work.config, text.replace(`port: ${system.dovecot.pop3}`, 'port: 1'));
    const ended = await work.once();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^anna +incoming +failure +0 +0 +20\d\d-/m);
    expect(ended.stdout).toMatch(/refused|ECONNREFUSED/);
  });
});

describe('a mistake: exit code 2, one sentence, nothing done', () => {
  test.each([
    [
      'no such file',
      ['--config', '/nowhere/mailclock.yaml'],
      /^mailclock: \/nowhere\/mailclock\.yaml: there is no such file; [^\n]+\n$/,
    ],
    ['an unknown option', ['--confg', 'x'], /^error: unknown option '--confg'/],
    [
      'a mailbox that is not there',
      ['--enable', 'carl'],
      /^mailclock: --enable carl: .* has no such mailbox\n$/,
    ],
  ])('%s', async (_, args, sentence) => {
    const ended = await work.once(...args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(sentence);
    expect(existsSync(join(work.directory, 'store.sqlite'))).toBe(false);
  });

  test('a secret that is not there', async () => {
    rmSync(work.annasSecret);
    const ended = await work.once();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(
      /^mailclock: .*mailboxes\.anna\.secret: .*anna\.secret cannot be read; [^\n]+\n$/,
    );
    expect(existsSync(join(work.directory, 'store.sqlite'))).toBe(false);
  });

  test('a secret that stands in the file', async () => {
    writeFileSync(work.config, readFileSync(work.config, 'utf8').replace('env:BERT_SECRET', 'hunter2'));
    const ended = await work.once();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(
      /mailclock\.yaml:11:\d+: mailboxes\.bert\.secret must be env:NAME or file:\/path; [^\n]+\n$/,
    );
    expect(ended.stderr).not.toContain('hunter2');
  });

  test('a second one on the same store', async () => {
    const first = work.start('--json');
    while (!first.output().includes('cycle-end')) await delay(10);
    const second = await work.once();
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(
      /^mailclock: another mailclock sync is running on .*store\.sqlite; stop it first\n$/,
    );
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
  });
});
