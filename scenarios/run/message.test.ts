import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { messageShapes, type OperationOf } from '../operation.ts';
import { messageFor } from './message.ts';

const operation = (shape: OperationOf<'deliver'>['shape'], sizeBytes: number): OperationOf<'deliver'> => ({
  do: 'deliver',
  id: 'd7',
  atMs: 0,
  mailbox: 'ann',
  count: 1,
  everyMs: 0,
  copies: 1,
  sizeBytes,
  shape,
});

// Policy: the bytes of a message follow from its operation and number, are mail that others can read, and have CRLF
// line ends of at most 998 characters.
describe('messageFor', () => {
  it.each(messageShapes)('%s: the same bytes each time, others for another number', (shape) => {
    const make = (nth: number) => messageFor(operation(shape, 3_000), nth, 'ann@alpha.test', 1_000_000);
    expect(make(1).equals(make(1))).toBe(true);
    expect(make(1).equals(make(2))).toBe(false);
  });

  it.each(messageShapes)('%s: readable, and of about the size asked for', async (shape) => {
    const raw = messageFor(operation(shape, 3_000), 4, 'ann@alpha.test', 1_000_000);
    const text = raw.toString('utf8');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    const parsed = await simpleParser(raw);
    expect(parsed.subject).toBe('d7 number 4');
    expect(parsed.messageId).toBe(shape === 'no-message-id' ? undefined : '<d7.4@outside.test>');
    expect(parsed.date?.getTime()).toBe(1_000_000);
    if (shape === 'attachment')
      expect(parsed.attachments.map((one) => one.filename)).toEqual(['figures.bin']);
    if (shape !== 'empty') expect(Math.abs(raw.length - 3_000)).toBeLessThan(700);
  });
});
