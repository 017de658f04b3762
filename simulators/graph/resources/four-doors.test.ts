/**
 * Policy: one mailbox, whatever door one comes by. What SMTP sends Graph shows; what Graph moves or deletes POP3 no
 * longer lists; what POP3 deletes Graph no longer has; a flag is the same flag for all.
 */
import nodemailer from 'nodemailer';
import { expect, test } from 'vitest';
import { type GraphWorld, withGraph } from './testing/with-graph.ts';

async function messagesIn({ ask }: GraphWorld, folder: string): Promise<readonly Record<string, unknown>[]> {
  const { json } = await ask('GET', `/mailFolders/${folder}/messages`, { immutable: true });
  return json.value as Record<string, unknown>[]; // a list of messages
}

function xoauth2({ token }: GraphWorld, user: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
}

/** One POP3 session: each line said when the one before is answered; resolves with all that was heard. */
async function pop3(graph: GraphWorld, ...commands: readonly string[]): Promise<string> {
  const stream = await graph.life.connector.connect({ host: 'pop3.alpha.test', port: 995, tls: true });
  const said = ['AUTH XOAUTH2', xoauth2(graph, 'anna@alpha.test'), ...commands, 'QUIT'];
  let heard = '';
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      const next = said.shift();
      if (next !== undefined) stream.write(`${next}\r\n`);
    });
    stream.on('end', resolve);
    stream.on('close', resolve);
  });
  stream.end();
  return heard;
}

async function smtp(graph: GraphWorld, subject: string): Promise<void> {
  const transport = nodemailer.createTransport({
    host: 'smtp.alpha.test',
    name: 'client.test',
    secure: true,
    auth: { type: 'OAuth2', user: 'bob@alpha.test', accessToken: graph.token },
    getSocket: (_options: object, done: (error: Error | null, socket?: object) => void) =>
      graph.life.connector
        .connectSocket({ host: 'smtp.alpha.test', port: 465, tls: true })
        .then((connection) => done(null, { connection, secured: true }), done),
  });
  await transport.sendMail({ from: 'bob@alpha.test', to: 'anna@alpha.test', subject, text: 'x' });
  transport.close();
}

test('SMTP, POP3 and Graph see one mailbox', () =>
  withGraph(['anna', 'bob'], async (graph) => {
    const { ask, provider } = graph;
    for (const subject of ['one', 'two', 'three']) await smtp(graph, subject);
    const inbox = await messagesIn(graph, 'inbox');
    expect(inbox.map(({ subject }) => subject).sort()).toEqual(['one', 'three', 'two']);
    expect(await pop3(graph, 'STAT')).toMatch(/^\+OK 3 /m);
    const sent = await ask('GET', '/mailFolders/sentitems', { user: 'bob@alpha.test' });
    expect(sent.json.totalItemCount).toBe(3);

    const idOf = (wanted: string): unknown => inbox.find(({ subject }) => subject === wanted)?.id;
    await ask('POST', `/messages/${idOf('one')}/move`, { json: { destinationId: 'archive' } });
    expect(await pop3(graph, 'STAT')).toMatch(/^\+OK 2 /m);
    await ask('DELETE', `/messages/${idOf('two')}`);
    expect(await pop3(graph, 'STAT')).toMatch(/^\+OK 1 /m);

    const before = await ask('GET', `/messages/${idOf('three')}`);
    expect(before.json.isRead).toBe(false);
    provider.mail
      .find('anna@alpha.test')
      ?.addFlag(provider.mail.find('anna@alpha.test')?.inbox.entries[0]?.message.id ?? '', '\\Seen');
    const after = await ask('GET', `/messages/${idOf('three')}`);
    expect(after.json.isRead).toBe(true);
    expect(after.json.changeKey).not.toBe(before.json.changeKey);

    expect(await pop3(graph, 'DELE 1')).toMatch(/\+OK/);
    expect(await messagesIn(graph, 'inbox')).toEqual([]);
    await ask('POST', `/messages/${idOf('one')}/move`, { json: { destinationId: 'inbox' } });
    expect(await pop3(graph, 'STAT')).toMatch(/^\+OK 1 /m);
    expect((await messagesIn(graph, 'inbox')).map(({ id }) => id)).toEqual([idOf('one')]);
  }));
