/**
 * Policy: any bytes a stranger sends are read without harm: fields as they are meant, text a database takes, dates
 * that nobody's clock had a say in. What cannot be read is refused with an error, never with a hang or a crash.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash, parseMessage } from './parse-message.ts';

const now = Date.UTC(2030, 0, 1);

function read(...lines: readonly string[]) {
  const raw = Buffer.from(lines.join('\r\n'), 'latin1');
  return parseMessage(raw, contentHash(raw), now);
}

describe('an ordinary message', () => {
  it('keeps its fields, parties, bodies and attachments', async () => {
    const email = await read(
      'Received: from b.example (b.example [192.0.2.1]) by mx.example',
      '\twith ESMTP id 42; Tue, 24 Nov 2026 03:05:31 +0100',
      'Received: from c.example by b.example; Mon, 23 Nov 2026 00:00:00 +0000',
      'From: =?utf-8?Q?J=C3=BCrgen?= <juergen@example.org>',
      'To: Ann <ann@example.org>, friends: bob@example.org, "C, D" <cd@example.org>;',
      'Cc: eve@example.org',
      'Reply-To: desk@example.org',
      'Subject: =?iso-8859-1?Q?Gr=FC=DFe?=',
      'Message-ID: <1@example.org>',
      'In-Reply-To: <0@example.org>',
      'Date: Tue, 24 Nov 2026 02:00:00 +0000',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<img src="cid:p1">',
      '--b',
      'Content-Type: image/png; name="p.png"',
      'Content-Disposition: attachment; filename="p.png"',
      'Content-ID: <p1>',
      'Content-Transfer-Encoding: base64',
      '',
      'AAEC',
      '--b--',
      '',
    );
    expect(email).toMatchObject({
      messageId: '<1@example.org>',
      inReplyTo: '<0@example.org>',
      subject: 'Grüße',
      sentOn: Date.UTC(2026, 10, 24, 2),
      receivedOn: Date.UTC(2026, 10, 24, 2, 5, 31),
      textBody: undefined,
    });
    expect(email.parties).toEqual([
      { role: 'from', name: 'Jürgen', address: 'juergen@example.org' },
      { role: 'to', name: 'Ann', address: 'ann@example.org' },
      { role: 'to', name: '', address: 'bob@example.org' },
      { role: 'to', name: 'C, D', address: 'cd@example.org' },
      { role: 'cc', name: '', address: 'eve@example.org' },
      { role: 'replyTo', name: '', address: 'desk@example.org' },
    ]);
    expect(email.htmlBody).toContain('cid:p1');
    expect(email.attachments).toMatchObject([
      { fileName: 'p.png', mimeType: 'image/png', contentId: '<p1>', sizeBytes: 3 },
    ]);
    expect([...email.attachments[0]!.content]).toEqual([0, 1, 2]);
  });
});

describe('a hostile message', () => {
  it('without any header is still a message', async () => {
    expect(await read('', 'hello')).toMatchObject({
      messageId: undefined,
      subject: undefined,
      sentOn: undefined,
      receivedOn: now,
      parties: [],
      textBody: 'hello',
    });
  });

  it('with a date that makes no sense has no date of sending, least of all the current time', async () => {
    expect(await read('Date: the day after', '', 'x')).toMatchObject({ sentOn: undefined, receivedOn: now });
  });

  it('with NUL and broken text gives text a database takes', async () => {
    const email = await read(
      'Subject: a\x00b',
      'Content-Type: text/plain; charset=x-nobody-knows',
      '',
      'a\x00\xff\xfe',
    );
    expect(email.subject).not.toContain('\0');
    expect(email.textBody).not.toContain('\0');
    expect(email.textBody?.isWellFormed()).toBe(true);
    expect(email.raw.includes(0)).toBe(true);
  });

  it.each([
    ['headers without end', 'X-Header: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(100_000)],
    [
      'nesting without end',
      Array.from(
        { length: 3000 },
        (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
      ).join(''),
    ],
  ])('with %s is refused', async (_what, text) => {
    await expect(read(text, '', 'x')).rejects.toThrow();
  });

  it('of any bytes is read or refused', async () => {
    const bit = fc.constantFrom(
      'From: ',
      'To: ',
      'Content-Type: ',
      'multipart/mixed; boundary=b',
      'text/html',
      '--b',
      '--b--',
      '\r\n',
      '\r\n\r\n',
      '\n',
      '\0',
      '=?utf-8?B?',
      '?=',
      '<a@b>',
      '"',
      '(',
      'message/rfc822',
      'Content-Transfer-Encoding: base64',
      '=FF',
      '\xff',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bit, { maxLength: 40 }), async (bits) => {
        const raw = Buffer.from(bits.join(''), 'latin1');
        const email = await parseMessage(raw, contentHash(raw), now).catch(() => undefined);
        for (const text of [email?.subject, email?.textBody, email?.htmlBody]) {
          expect(text?.includes('\0') ?? false).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});
