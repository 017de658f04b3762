import { describe, expect, it } from 'vitest';
import { disagreements } from './disagreements.ts';
import type { DoorView, SeenMessage } from './door.ts';

// Policy: a door that leaves a message out, shows one too many, other bytes, another state or not all folders is found
// out; one that shows less by its nature is not.

const message = (subject: string, more: Partial<SeenMessage> = {}): SeenMessage => ({
  sha256: subject,
  subject,
  read: false,
  ...more,
});

const books: DoorView = new Map([
  ['inbox', [message('one'), message('two')]],
  ['projects', [message('three')]],
  ['junk', []],
]);

const found = (door: string, view: Record<string, SeenMessage[]>): number =>
  disagreements({ after: 'a step', door, books, view: new Map(Object.entries(view)) }).length;

describe('doors that agree with the books', () => {
  it.each([
    ['imap', { inbox: [message('two'), message('one')], projects: [message('three')] }],
    ['pop3', { inbox: [message('one', { read: undefined }), message('two', { read: undefined })] }],
  ])('%s', (door, view) => expect(found(door, view)).toBe(0));
});

describe('doors that do not', () => {
  it.each([
    ['a message is missing', 'pop3', { inbox: [message('one')] }],
    ['a message is shown twice', 'pop3', { inbox: [message('one'), message('one'), message('two')] }],
    ['other bytes', 'pop3', { inbox: [message('one'), message('two', { sha256: 'x' })] }],
    ['read although it is not', 'pop3', { inbox: [message('one'), message('two', { read: true })] }],
    ['a folder is missing', 'imap', { inbox: [message('one'), message('two')] }],
    [
      'a folder nobody made',
      'imap',
      { inbox: [message('one'), message('two')], projects: [message('three')], x: [] },
    ],
  ])('%s', (_, door, view) => expect(found(door, view)).toBe(1));
});
