import { expect, test } from 'vitest';
import { watchedResource } from './watched-resource.ts';

// Policy: every spelling of a mail resource that clients use is understood; anything else is none.

test.each([
  ['me/messages', { user: 'me', folder: undefined }],
  ["/me/mailFolders('Inbox')/messages", { user: 'me', folder: 'Inbox' }],
  ['users/anna@alpha.test/mailFolders/AAA%3D/messages', { user: 'anna@alpha.test', folder: 'AAA=' }],
  ["Users('u-1')/MailFolders('x')/Messages/", { user: 'u-1', folder: 'x' }],
])('%s', (text, expected) => {
  expect(watchedResource(text)).toEqual(expected);
});

test.each(['me/events', 'users/anna/messages?$filter=isRead eq false', 'me/mailFolders/inbox', ''])(
  'not %s',
  (text) => {
    expect(watchedResource(text)).toBeUndefined();
  },
);
