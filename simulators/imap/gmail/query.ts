import { messageIdOf } from '../../mailbox/raw-facts.ts';
import { hasFlag } from '../folders/flags.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import { crlfSizeBytes } from '../mime/crlf-form.ts';
import { firstValue } from '../mime/header-block.ts';
import { mimeOf } from '../mime/mime-part.ts';
import { addressesHave, anywhereHas, folded, headerHas } from '../search/message-text.ts';
import type { SearchKey } from '../search/search-key.ts';
import type { ImapSession } from '../session.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { labelsOf } from './labels.ts';

type Test = (message: Numbered) => boolean;

/**
 * X-GM-RAW: the language of Gmail's search box (support.google.com/mail/answer/7190), as far as clients use it: words and
 * "phrases", `-` for not, OR, and the operators below. What is beyond that is refused, which Gmail itself never does.
 */
export function readQuery(query: string, session: ImapSession): SearchKey {
  if (/[(){}]/.test(query)) throw new BadArguments('no groups of terms are taken in X-GM-RAW');
  const either: Test[][] = [[]];
  let joins = false;
  for (const [term] of query.matchAll(/-?(?:[a-z0-9_]+:)?(?:"[^"]*"|[^\s"]+)/gi)) {
    if (term === 'OR') {
      joins = true;
      continue;
    }
    const test = readTerm(term, session);
    if (joins) either.at(-1)?.push(test);
    else either.push([test]);
    joins = false;
  }
  const groups = either.filter((tests) => tests.length > 0);
  return { test: (message) => groups.every((tests) => tests.some((test) => test(message))) };
}

function readTerm(term: string, session: ImapSession): Test {
  if (term.startsWith('-')) {
    const test = readTerm(term.slice(1), session);
    return (message) => !test(message);
  }
  const colon = term.startsWith('"') ? -1 : term.indexOf(':');
  const value = term.slice(colon + 1).replace(/^"|"$/g, '');
  if (colon < 0) {
    const text = folded(value);
    return ({ entry }) => anywhereHas(entry.message.raw, text);
  }
  const name = term.slice(0, colon).toLowerCase();
  const read = operators.get(name);
  const test = value === '' ? undefined : read?.(value, session);
  if (test === undefined) throw new BadArguments(`X-GM-RAW takes no ${name}:${value}`);
  return test;
}

/** What each operator asks; undefined for a value that it does not know. */
const operators = new Map<string, (value: string, session: ImapSession) => Test | undefined>([
  ...['from', 'to', 'cc', 'bcc'].map(
    (field) =>
      [
        field,
        (value: string): Test => {
          const text = folded(value);
          return ({ entry }) => addressesHave(entry.message.raw, field, text);
        },
      ] as const,
  ),
  [
    'subject',
    (value) => {
      const text = folded(value);
      return ({ entry }) => headerHas(entry.message.raw, 'subject', text);
    },
  ],
  ['label', (value, session) => isLabelled(value, session)],
  [
    'in',
    (value, session) => {
      const where = value.toLowerCase();
      if (where === 'anywhere') return () => true;
      const role = where === 'spam' ? 'junk' : where;
      if (role !== 'trash' && role !== 'junk') return isLabelled(value, session);
      return ({ entry }) => session.mailbox?.find(entry.message.id)?.folder.role === role;
    },
  ],
  [
    'is',
    (value) => {
      const flag = { read: '\\Seen', unread: '\\Seen', starred: '\\Flagged' }[value.toLowerCase()];
      if (flag === undefined) return undefined;
      const wanted = value.toLowerCase() !== 'unread';
      return ({ entry }) => hasFlag(entry, flag) === wanted;
    },
  ],
  [
    'has',
    (value) =>
      value.toLowerCase() === 'attachment' ? ({ entry }) => hasAttachment(entry.message.raw) : undefined,
  ],
  [
    'rfc822msgid',
    (value) => {
      const id = value.replace(/^<|>$/g, '');
      return ({ entry }) => messageIdOf(entry.message.raw) === `<${id}>`;
    },
  ],
  ['after', (value) => byDay(value, (atMs, dayMs) => atMs >= dayMs)],
  ['before', (value) => byDay(value, (atMs, dayMs) => atMs < dayMs)],
  ['newer_than', (value, session) => byAge(value, session, (atMs, edgeMs) => atMs >= edgeMs)],
  ['older_than', (value, session) => byAge(value, session, (atMs, edgeMs) => atMs < edgeMs)],
  ['larger', (value) => bySize(value, (bytes, limit) => bytes > limit)],
  ['smaller', (value) => bySize(value, (bytes, limit) => bytes < limit)],
]);

/** Labels are named as in the search box: without `\`, and with `-` for a space or a slash. */
function isLabelled(value: string, session: ImapSession): Test {
  const wanted = dashed(value);
  return ({ entry }) => labelsOf(session, entry).some((label) => dashed(label) === wanted);
}

function dashed(label: string): string {
  return label.replace(/^\\/, '').replace(/[ /]/g, '-').toLowerCase();
}

function hasAttachment(raw: Buffer): boolean {
  const { bytes, root } = mimeOf(raw);
  const parts = [root];
  for (const { header, parts: below } of parts) {
    if (/^\s*attachment\b/i.test(firstValue(bytes, header, 'content-disposition') ?? '')) return true;
    parts.push(...below);
  }
  return false;
}

function byDay(value: string, holds: (atMs: number, dayMs: number) => boolean): Test | undefined {
  const match = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$/.exec(value);
  if (match === null) return undefined;
  const dayMs = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return ({ entry }) => holds(entry.message.receivedAtMs, dayMs);
}

const daysOf = { d: 1, m: 30, y: 365 } as const;

function byAge(
  value: string,
  { context }: ImapSession,
  holds: (atMs: number, edgeMs: number) => boolean,
): Test | undefined {
  const match = /^(\d+)([dmy])$/i.exec(value);
  if (match === null) return undefined;
  // The pattern lets no other letter through.
  const unit = match[2]?.toLowerCase() as keyof typeof daysOf;
  const edgeMs = context.clock.now() - Number(match[1]) * daysOf[unit] * 86_400_000;
  return ({ entry }) => holds(entry.message.receivedAtMs, edgeMs);
}

function bySize(value: string, holds: (bytes: number, limit: number) => boolean): Test | undefined {
  const match = /^(\d+)([km]?)b?$/i.exec(value);
  if (match === null) return undefined;
  const unit = match[2]?.toLowerCase();
  const limit = Number(match[1]) * (unit === 'm' ? 1_048_576 : unit === 'k' ? 1_024 : 1);
  return ({ entry }) => holds(crlfSizeBytes(entry.message.raw), limit);
}
