/**
 * Policy: what other engines lost, doubled or choked on by what a message says of itself does no harm here. A message
 * is stored byte for byte whatever stands in it, and never mistaken for another by its Message-ID.
 */
import { expect } from 'vitest';
import type { BugWorld } from './bug-world.ts';
import { proveEach } from './prove-each.ts';

async function expectAllOnce(world: BugWorld): Promise<void> {
  for (const name of ['ann', 'bob'] as const) {
    const { stored, delivered } = await world.books(name);
    expect(stored).toEqual(delivered);
  }
  expect(await world.store.quarantine()).toEqual([]);
  expect(await world.alertCodes()).toEqual([]);
}

const same = { headers: 'Message-ID: <same@beta.test>\r\n' };

proveEach(
  'Message-ID',
  [
    {
      holds: 'one message to two mailboxes is stored for each',
      source: 'zammad#1578; frappe#19370',
      before: (world) => {
        world.deliver('ann', 'a', same);
        world.deliver('bob', 'a', same);
      },
      prove: async (world) => {
        await world.minutes(6);
        expect([await world.received('ann'), await world.received('bob')]).toEqual([['a'], ['a']]);
      },
    },
    {
      holds: 'two messages with one Message-ID are two',
      source: 'nextcloud/mail#10682; thunderbird-conversations#1268',
      before: (world) => {
        world.deliver('ann', 'direct', same);
        world.deliver('ann', 'by the list', same);
      },
      prove: async (world) => {
        await world.minutes(12);
        expect(await world.received('ann')).toEqual(['by the list', 'direct']);
      },
    },
    {
      holds: 'a missing, empty or monstrous Message-ID makes nothing new at the next look',
      source: 'espocrm#1516',
      before: (world) => {
        world.deliver('ann', 'none');
        world.deliver('ann', 'empty', { headers: 'Message-ID:\r\n' });
        world.deliver('ann', 'bare', { headers: 'Message-ID: no brackets\r\n' });
        world.deliver('ann', 'long', { headers: `Message-ID: <${'x'.repeat(5_000)}@beta.test>\r\n` });
      },
      prove: async (world) => {
        await world.minutes(6);
        world.kill();
        await world.start();
        await world.minutes(12);
        await expectAllOnce(world);
        expect(world.fetched()).toBe(4);
      },
    },
    {
      holds: 'mail a mailbox sent to itself is stored once, as received',
      source: 'osTicket#3966; frappe#34409',
      prove: async (world) => {
        await world.queue('e1', ['ann@alpha.test']);
        await world.minutes(20);
        expect(await world.received('ann')).toEqual(['e1']);
        expect(world.copies()).toEqual(['e1 ann@alpha.test']);
      },
    },
  ],
  ['pop3', 'imap'],
);

proveEach(
  'content',
  [
    ...[
      {
        name: 'NUL and control bytes in headers',
        source: 'freescout message-4-null-bytes',
        headers: 'X-Odd: a\0b\x01c\r\n',
        body: 'n\0ul',
      },
      {
        name: 'header names that are names of JavaScript',
        source: 'EmailEngine 2.79.1',
        headers: '__proto__: x\r\nconstructor: y\r\ntoString: z\r\n',
        body: 'x',
      },
      {
        name: 'a charset nobody knows',
        source: 'freescout#176',
        headers: 'Content-Type: text/plain; charset=x-nobody-knows\r\n',
        body: '\xff\xfe\x80',
      },
      {
        name: 'a charset that lies',
        source: 'freescout iso-2022-jp',
        headers: 'Content-Type: text/plain; charset=iso-2022-jp\r\n',
        body: '\x1b$B\x93\xfa\x96{',
      },
      {
        name: 'attachments of one name, or with a path in it',
        source: 'freescout#3089; barbushin/php-imap#13',
        headers: 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n',
        body: `${['a.png', 'a.png', '../../etc/passwd']
          .map(
            (file) =>
              `--q\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename="${file}"\r\n\r\nx`,
          )
          .join('\r\n')}\r\n--q--`,
      },
      {
        name: 'Outlook rich text in winmail.dat',
        source: 'zammad#2403',
        headers:
          'Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n',
        body: 'eJ8+IgUAAQ==',
      },
      {
        name: 'lines of ten thousand characters',
        source: 'imapsync FAQ.Exchange',
        headers: `X-Long: ${'h'.repeat(10_300)}\r\n`,
        body: 'x'.repeat(10_300),
      },
      {
        name: 'a multipart without end in itself',
        source: 'EmailEngine cb6ca8aab4',
        headers: 'Content-Type: multipart/mixed; boundary=q\r\n',
        body: '--q\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n'.repeat(300),
      },
      {
        name: 'a request for a receipt, which is not answered',
        source: 'imapsync FAQ.Office365',
        headers: 'Disposition-Notification-To: <zoe@beta.test>\r\nReturn-Receipt-To: <zoe@beta.test>\r\n',
        body: 'x',
      },
      {
        name: 'mail of a robot, which is not answered',
        source: 'osTicket#1041; chatwoot#5131',
        headers: 'Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n',
        body: 'x',
      },
    ].map(({ name, source, headers, body }) => ({
      holds: `${name}: stored whole, with the messages around it`,
      source,
      before: (world: BugWorld) => {
        world.deliver('ann', 'before');
        world.deliver('ann', 'odd', { headers, body });
        world.deliver('ann', 'after');
      },
      prove: async (world: BugWorld) => {
        await world.minutes(20);
        await expectAllOnce(world);
        expect(await world.received('ann')).toEqual(['after', 'before', 'odd']);
        expect(world.submissions()).toEqual([]);
      },
    })),
    {
      holds: 'a giant message is never held in memory beyond the limit, and left with an alert',
      source: 'Webklex/php-imap#457; nextcloud/mail#10179',
      world: { kept: ['ann'], settings: { incomingEmailMaximumSizeLimitBytes: 100_000 } },
      before: (world) => {
        world.deliver('ann', 'giant', { body: `${'x'.repeat(900)}\r\n`.repeat(4_000) });
        world.deliver('ann', 'a');
      },
      prove: async (world) => {
        await world.minutes(12);
        expect(await world.received('ann')).toEqual(['a']);
        expect(await world.alertCodes()).toEqual(['item-too-large']);
      },
    },
  ],
  ['pop3', 'imap'],
);

proveEach('scope', [
  {
    holds: 'the past before the date set is not imported',
    source: 'SuiteCRM#1715; emailengine#73',
    world: { kept: ['ann'], processEmailReceivedAfter: Date.UTC(2020, 0, 1) },
    before: (world) => {
      const dated = (year: number) => ({ headers: `Received: by mx; 1 Mar ${year} 00:00:00 +0000\r\n` });
      for (let n = 0; n < 5; n += 1) world.deliver('ann', `old${n}`, dated(2019));
      world.deliver('ann', 'new', dated(2021));
    },
    prove: async (world) => {
      await world.minutes(12);
      expect(await world.received('ann')).toEqual(['new']);
      expect(world.fetched()).toBe(1);
    },
  },
]);
