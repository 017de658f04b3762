import { expect, it } from 'vitest';
import { sentFolderPath } from './sent-folder-path.ts';
import type { NamedFolder } from './sent-folders.ts';

// Policy: what the server marks is believed over every name; a name only at the top or right below the Inbox; a folder
// nobody can open is none; and a new one goes where the others are.

const folder = (path: string, more: Partial<NamedFolder> = {}): NamedFolder => ({
  path,
  delimiter: '/',
  selectable: true,
  ...more,
});

it.each<[string, readonly NamedFolder[], object]>([
  ['the marked one', [folder('Sent'), folder('Envoyés', { specialUse: '\\Sent' })], { path: 'Envoyés' }],
  [
    'no marked one that cannot be opened',
    [folder('X', { specialUse: '\\Sent', selectable: false }), folder('sent items')],
    { path: 'sent items' },
  ],
  ['the most usual name', [folder('Sent Messages'), folder('Sent')], { path: 'Sent' }],
  [
    'one below the Inbox',
    [folder('INBOX'), folder('INBOX.Sent', { delimiter: '.' })],
    { path: 'INBOX.Sent' },
  ],
  ['none in the trash', [folder('INBOX'), folder('Trash/Sent')], { create: 'Sent' }],
  ['a new one at the top', [folder('INBOX')], { create: 'Sent' }],
  [
    'a new one below the Inbox, where all are',
    [folder('INBOX', { delimiter: '.' }), folder('INBOX.Drafts', { delimiter: '.' })],
    { create: 'INBOX.Sent' },
  ],
])('finds %s', (_name, folders, expected) => {
  expect(sentFolderPath(folders)).toEqual(expected);
});
