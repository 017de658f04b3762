import type { FetchItem } from '../fetch/fetch-item.ts';
import { gmailMessageId, gmailThreadId } from './gmail-ids.ts';
import { labelsText } from './labels.ts';

/** Data items of X-GM-EXT-1 (developers.google.com/gmail/imap/imap-extensions). */
export const gmailItems: readonly FetchItem[] = [
  { name: 'X-GM-MSGID', render: ({ entry }) => `X-GM-MSGID ${gmailMessageId(entry.message)}` },
  { name: 'X-GM-THRID', render: ({ entry }) => `X-GM-THRID ${gmailThreadId(entry.message)}` },
  { name: 'X-GM-LABELS', render: ({ entry }, { session, selected }) => labelsText(session, selected, entry) },
];
