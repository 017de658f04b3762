/**
 * Policy: a message is shown as v1.0 shows it, from its bytes and what Graph knows of it; the default id dies with a
 * move and the immutable one does not; the change key is another after every change and only then.
 */
import MailComposer from 'nodemailer/lib/mail-composer';
import { expect, test } from 'vitest';
import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import { createLimits } from '../../limits/limits.ts';
import { createMailHost } from '../../mailbox/create-mail-host.ts';
import type { Place } from '../../mailbox/mailbox.ts';
import { exchangeOnline } from '../../profiles/exchange-online/index.ts';
import { createRuleBook } from '../../rules/rule-book.ts';
import { folderNamed } from '../folder-named.ts';
import { messageIdOf, placeOf } from '../ids.ts';
import { createMailboxItems } from '../items/mailbox-items.ts';
import { changeKeyOf } from './change-key.ts';
import { attachmentOf, attachmentsOf, renderAttachment } from './render-attachment.ts';
import { renderExtended } from './render-extended.ts';
import { outlookNames, renderFolder } from './render-folder.ts';
import { type Asking, renderMessage } from './render-message.ts';

const nowMs = Date.UTC(2026, 0, 5, 8);

function bench() {
  const clock = { now: () => nowMs, setTimeout: () => ({}), clearTimeout: () => {} };
  const entropy = new KeyedEntropy(1);
  const trace = { emit: () => {}, subscribe: () => () => {} };
  const mail = createMailHost({
    domain: 'alpha.test',
    clock,
    entropy,
    trace,
    mailboxes: [{ address: 'anna@alpha.test' }],
  });
  const mailbox = mail.find('anna@alpha.test');
  if (mailbox === undefined) throw new Error('The mailbox that was just made is not there.');
  const rules = createRuleBook({ rules: [], clock, startMs: nowMs, entropy, trace });
  const limits = createLimits({ definitions: [], clock, trace, entropy });
  const items = createMailboxItems(mailbox, {
    clock,
    entropy,
    trace,
    rules,
    limits,
    mail,
    profile: exchangeOnline,
  });
  const asking = (prefer: Partial<Asking['prefer']> = {}): Asking => ({
    mailbox,
    items,
    prefer: { immutableId: false, bodyContentType: undefined, ...prefer },
  });
  const placed = (id: string): Place => {
    const place = mailbox.find(id);
    if (place === undefined) throw new Error(`${id} is not there.`);
    return place;
  };
  const deliver = (raw: Buffer | string): string =>
    mail.deliver(mailbox, { raw: Buffer.from(raw), envelopeFrom: 'bob@beta.test' }).id;
  return { mailbox, items, asking, placed, deliver };
}

const composed = (): Promise<Buffer> =>
  new MailComposer({
    from: 'Bob <bob@beta.test>',
    to: ['Anna <anna@alpha.test>', 'ö@alpha.test'],
    cc: 'carl@beta.test',
    subject: 'Über alles',
    html: '<p>Hello &amp; <b>welcome</b></p><img src="cid:1@x">',
    inReplyTo: '<0@beta.test>',
    messageId: '<1@beta.test>',
    date: new Date(Date.UTC(2026, 0, 5, 7, 59, 30)),
    headers: { 'X-Custom': 'yes', Importance: 'High' },
    attachments: [
      { filename: 'dot.png', content: Buffer.from('png'), cid: '1@x', contentDisposition: 'inline' },
      { filename: 'Größe.txt', content: 'text' },
      { filename: 'inner.eml', contentType: 'message/rfc822', content: 'Subject: inner\r\n\r\nhello' },
    ],
  })
    .compile()
    .build();

test('a message with everything', async () => {
  const { asking, placed, deliver } = bench();
  const place = placed(deliver(await composed()));
  const rendered = renderMessage(asking(), place);
  expect(rendered).toMatchObject({
    '@odata.etag': `W/"${changeKeyOf(place)}"`,
    createdDateTime: '2026-01-05T08:00:00Z',
    sentDateTime: '2026-01-05T07:59:30Z',
    hasAttachments: true,
    internetMessageId: '<1@beta.test>',
    subject: 'Über alles',
    bodyPreview: 'Hello & welcome',
    importance: 'high',
    isRead: false,
    isDraft: false,
    from: { emailAddress: { name: 'Bob', address: 'bob@beta.test' } },
    toRecipients: [
      { emailAddress: { name: 'Anna', address: 'anna@alpha.test' } },
      { emailAddress: { name: 'ö@alpha.test', address: 'ö@alpha.test' } },
    ],
    ccRecipients: [{ emailAddress: { name: 'carl@beta.test', address: 'carl@beta.test' } }],
    bccRecipients: [],
    flag: { flagStatus: 'notFlagged' },
    body: { contentType: 'html', content: '<p>Hello &amp; <b>welcome</b></p><img src="cid:1@x">' },
  });
  expect(rendered).not.toHaveProperty('internetMessageHeaders');
  expect(Object.keys(renderMessage(asking(), place, ['subject', 'internetMessageHeaders']))).toEqual([
    '@odata.etag',
    'id',
    'subject',
    'internetMessageHeaders',
  ]);
  expect(renderMessage(asking({ bodyContentType: 'text' }), place, ['body'])).toMatchObject({
    body: { contentType: 'text', content: 'Hello & welcome' },
  });
  expect(renderExtended(asking(), place, ['String 0x1042', 'String 0x1039', 'String 0x9999'])).toEqual([
    { id: 'String 0x1042', value: '<0@beta.test>' },
  ]);
});

test('attachments: files, pictures in the body, messages; an inline picture alone is none', async () => {
  const { asking, placed, deliver } = bench();
  const place = placed(deliver(await composed()));
  const all = attachmentsOf(asking(), place).map((each) => renderAttachment(asking(), each));
  expect(all).toMatchObject([
    {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: 'dot.png',
      isInline: true,
      contentId: '1@x',
      size: 3,
    },
    { name: 'Größe.txt', isInline: false, contentType: 'text/plain', contentBytes: 'dGV4dA==' },
    { '@odata.type': '#microsoft.graph.itemAttachment', name: 'inner.eml', contentType: null },
  ]);
  const [, file, item] = all.map(({ id }) => String(id));
  expect(attachmentOf(asking(), place, file ?? '').attachment.bytes.toString()).toBe('text');
  expect(
    renderAttachment(asking(), attachmentOf(asking(), place, item ?? ''), { withItem: true }),
  ).toMatchObject({ item: { subject: 'inner', body: { contentType: 'text', content: 'hello' } } });
  const inlineOnly = placed(
    deliver(
      'Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img src="cid:1">\r\n' +
        '--b\r\nContent-Type: image/png\r\nContent-ID: <1>\r\n\r\npng\r\n--b--\r\n',
    ),
  );
  expect(renderMessage(asking(), inlineOnly).hasAttachments).toBe(false);
  expect(attachmentsOf(asking(), inlineOnly)).toHaveLength(1);
});

test('ids: one form dies with a move, the other does not, and neither is anybody else’s', () => {
  const { mailbox, placed, deliver } = bench();
  const message = deliver('Subject: a\r\n\r\nb');
  const [plain, immutable] = [false, true].map((form) => messageIdOf(placed(message), form)) as [
    string,
    string,
  ];
  expect(placeOf(mailbox, plain)).toBe(placeOf(mailbox, immutable));
  mailbox.move(message, 'Archive');
  expect(() => placeOf(mailbox, plain)).toThrow('not found');
  expect(placeOf(mailbox, immutable).folder.name).toBe('Archive');
  expect(messageIdOf(placed(message), true)).toBe(immutable);
  expect(messageIdOf(placed(message), false)).not.toBe(plain);
  for (const bad of ['x', 'AAMkA', plain.toLowerCase(), 'AAMkA!!', `AQMkA${plain.slice(5)}`])
    expect(() => placeOf(mailbox, bad), bad).toThrow(/malformed|not found/);
});

test('the change key follows every change, also those of other doors', () => {
  const { mailbox, items, placed, deliver } = bench();
  const message = deliver('Subject: a\r\n\r\nb');
  const keys = [changeKeyOf(placed(message))];
  mailbox.addFlag(message, '\\Seen');
  keys.push(changeKeyOf(placed(message)));
  items.set(message, { ...items.of(message), categories: ['Red category'] });
  keys.push(changeKeyOf(placed(message)));
  mailbox.move(message, 'Archive');
  keys.push(changeKeyOf(placed(message)));
  expect(new Set(keys).size).toBe(4);
  expect(changeKeyOf(placed(message))).toBe(keys[3]);
});

test('folders: well-known names, counts, what stands above them', () => {
  const { mailbox, asking, deliver } = bench();
  deliver('a');
  const projects = mailbox.createFolder('INBOX/Projects');
  const inbox = folderNamed(mailbox, 'INBOX');
  if (inbox === 'root') throw new Error('The inbox is no root.');
  expect(renderFolder(asking(), inbox)).toMatchObject({
    displayName: outlookNames.inbox,
    childFolderCount: 1,
    unreadItemCount: 1,
    totalItemCount: 1,
  });
  const { id, parentFolderId } = renderFolder(asking(), projects);
  expect(parentFolderId).toBe(renderFolder(asking(), inbox).id);
  expect(folderNamed(mailbox, String(id))).toBe(projects);
  expect(folderNamed(mailbox, String(renderFolder(asking(), inbox).parentFolderId))).toBe('root');
  mailbox.deleteFolder(projects, 'test');
  expect(() => folderNamed(mailbox, String(id))).toThrow('not found');
});
