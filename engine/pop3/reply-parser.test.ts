/**
 * Policy: a reply is what its bytes say, in whatever chunks they come. The end of a multi-line reply is a line with a
 * single dot; a body arrives byte for byte. Nothing a server sends makes the parser hold more than it may.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExpectedReply, type ParseFault, type Pop3Reply, ReplyParser } from './reply-parser.ts';

const maxLineBytes = 200;

interface Heard {
  readonly replies: { status: string; text: string; body: string | undefined }[];
  readonly faults: ParseFault[];
}

function parse(chunks: readonly Buffer[], expected: readonly ExpectedReply[]): Heard {
  const heard: Heard = { replies: [], faults: [] };
  const parser = new ReplyParser(
    {
      expected: () => expected[heard.replies.length],
      reply: ({ status, text, body }: Pop3Reply) =>
        heard.replies.push({ status, text, body: body?.toString('latin1') }),
      fault: (fault) => heard.faults.push(fault),
    },
    maxLineBytes,
  );
  for (const chunk of chunks) parser.feed(chunk);
  return heard;
}

const single: ExpectedReply = { multiline: false, maxBytes: 0 };
const multi: ExpectedReply = { multiline: true, maxBytes: 100_000 };

/** As a server does it (RFC 1939 3): a line is what CRLF ends. */
function stuff(body: string): string {
  return body.replace(/(^|\r\n)\./g, '$1..');
}

/** Bytes chosen so that line ends and dots meet in every way. */
const line = fc
  .array(fc.constantFrom('.', '\r', '\n', 'a', ' ', '+OK', '\x00', '\xff'), { maxLength: 6 })
  .map((parts) => parts.join('').replace(/\r\n/g, '').replace(/\r$/, ''));
const body = fc.array(line, { maxLength: 8 }).map((lines) => lines.map((text) => `${text}\r\n`).join(''));

const exchange = fc.oneof(
  body.map((text) => ({
    wire: `+OK here\r\n${stuff(text)}.\r\n`,
    expected: multi,
    status: 'ok',
    body: text,
  })),
  fc.constantFrom('+OK\r\n', '+OK hi there\r\n', '-ERR no\r\n', '+ go\r\n').map((wire) => ({
    wire,
    expected: single,
    status: wire.startsWith('-') ? 'err' : wire.startsWith('+ ') ? 'continue' : 'ok',
    body: undefined,
  })),
);

describe('replies', () => {
  it('are the same in any chunks, and their bodies byte for byte what was sent', () => {
    fc.assert(
      fc.property(
        fc.array(exchange, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (exchanges, sizes) => {
          const bytes = Buffer.from(exchanges.map(({ wire }) => wire).join(''), 'latin1');
          const chunks: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length]!;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          const expected = exchanges.map((each) => each.expected);
          const { replies, faults } = parse(chunks, expected);
          expect(faults).toEqual([]);
          expect(replies).toEqual(parse([bytes], expected).replies);
          expect(replies.map(({ status, body: text }) => ({ status, body: text }))).toEqual(
            exchanges.map(({ status, body: text }) => ({ status, body: text })),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('end at a line, not at a chunk that happens to end in CRLF', () => {
    const { replies } = parse(
      [Buffer.from('+OK\r\n1 a\r\n'), Buffer.from('2 b\r\n'), Buffer.from('.\r\n')],
      [multi],
    );
    expect(replies.map((reply) => reply.body)).toEqual(['1 a\r\n2 b\r\n']);
  });

  it('are not ended by a bare LF and a dot inside a message', () => {
    const { replies } = parse([Buffer.from('+OK\r\na\n.\nb\n.\r\nc\r\n.\r\n')], [multi]);
    expect(replies[0]?.body).toBe('a\n.\nb\n.\r\nc\r\n');
  });

  it('carry no body when refused', () => {
    const { replies } = parse([Buffer.from('-ERR no\r\n+OK\r\n')], [multi, single]);
    expect(replies.map(({ status, body: text }) => [status, text])).toEqual([
      ['err', undefined],
      ['ok', undefined],
    ]);
  });

  it('may end their status line in a bare LF', () => {
    expect(parse([Buffer.from('+OK hi\n')], [single]).replies[0]?.text).toBe('hi');
  });

  it('keep big bodies that come in crumbs whole', () => {
    const text = `${'x'.repeat(70)}\r\n`.repeat(500);
    const bytes = Buffer.from(`+OK\r\n${text}.\r\n`);
    const crumbs = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(parse(crumbs, [multi]).replies[0]?.body).toBe(text);
  });
});

describe('a broken stream', () => {
  it.each<[string, string, ExpectedReply[], ParseFault]>([
    ['a line without end', `+OK ${'x'.repeat(300)}`, [single], { kind: 'line-too-long', bytes: 304 }],
    [
      'a body above its limit',
      `+OK\r\n${'x'.repeat(50)}`,
      [{ multiline: true, maxBytes: 20 }],
      { kind: 'body-too-long', bytes: 50 },
    ],
    ['another protocol', '220 smtp ready\r\n', [single], { kind: 'not-a-reply', line: '220 smtp ready' }],
    ['a reply to nothing', '+OK\r\n+OK again\r\n', [single], { kind: 'unasked', line: '+OK again' }],
  ])('%s is told once, and nothing after it is heard', (_what, wire, expected, fault) => {
    const { faults, replies } = parse([Buffer.from(wire), Buffer.from('\r\n+OK\r\n')], expected);
    expect(faults).toEqual([fault]);
    expect(replies.length).toBeLessThanOrEqual(1);
  });
});
