import { describe, expect, it } from 'vitest';
import { filterTest } from './evaluate-filter.ts';
import { pathsOf } from './filter-expression.ts';
import { mailFolderType } from './mail-folder-type.ts';
import { messageType } from './message-type.ts';
import { parseFilter } from './parse-filter.ts';
import { QueryError } from './query-error.ts';

// Policy: a filter Outlook takes finds exactly what it says; one Outlook refuses is refused with Outlook's error.

const message = {
  id: 'AAA=',
  subject: "Invoice 12: it's due",
  isRead: false,
  hasAttachments: true,
  importance: 'high',
  receivedDateTime: '2026-03-02T10:00:00Z',
  internetMessageId: '<a@b.example>',
  categories: ['Red', 'Tracked to Dynamics 365'],
  from: { emailAddress: { name: 'Ann', address: 'Ann@Contoso.example' } },
  flag: { flagStatus: 'flagged' },
  singleValueExtendedProperties: [{ id: 'String 0x1042', value: '<parent@x>' }],
};

const finds = (filter: string): boolean => filterTest(parseFilter(filter, messageType))(message);

describe('$filter', () => {
  it.each([
    ['isRead eq false', true],
    ['isRead', false],
    ['not isRead', true],
    ['isRead ne false', false],
    ["subject eq 'invoice 12: it''s due'", true],
    ["startswith(subject,'Invoice')", true],
    ["startswith(subject,'due')", false],
    ["contains(subject,'12') eq true", true],
    ["from/emailAddress/address eq 'ann@contoso.example'", true],
    ["From/EmailAddress/Address eq 'ann@contoso.example'", true],
    ["contains(from/emailAddress/address, 'contoso')", true],
    ['receivedDateTime ge 2026-03-02T10:00:00Z', true],
    ['receivedDateTime gt 2026-03-02T10:00:00Z', false],
    ['receivedDateTime lt 2026-03-02T11:30:00+02:00', false],
    ['receivedDateTime ge 2026-03-02', true],
    ['2026-03-01 le receivedDateTime', true],
    ["importance eq 'high' and flag/flagStatus eq 'flagged'", true],
    ["importance eq 'low' or hasAttachments eq true", true],
    ["not (importance eq 'low' or hasAttachments eq true)", false],
    ["isRead eq true or isRead eq false and importance eq 'low'", false],
    ["categories/any(c:c eq 'red')", true],
    ["categories/any(c: startswith(c, 'Tracked'))", true],
    ["categories/any(c:c eq 'Blue')", false],
    ["singleValueExtendedProperties/Any(ep: ep/id eq 'String 0x1042' and ep/value eq '<parent@x>')", true],
    ["singleValueExtendedProperties/any(ep: ep/id eq 'String 0x1042' and ep/value eq 'else')", false],
    ['sentDateTime eq null', true],
    ["conversationId ne 'x'", true],
  ])('%s', (filter, expected) => {
    expect(finds(filter)).toBe(expected);
  });

  it.each([
    [
      "endswith(subject,'due')",
      'ErrorInvalidUrlQueryFilter',
      'The query filter contains one or more invalid nodes.',
    ],
    [
      "toRecipients/any(r: r/emailAddress/address eq 'a@b')",
      'ErrorInvalidUrlQueryFilter',
      'The query filter contains one or more invalid nodes.',
    ],
    [
      "bodyPreview eq 'x'",
      'ErrorInvalidUrlQueryFilter',
      'The query filter contains one or more invalid nodes.',
    ],
    [
      'isJunk ne true',
      'RequestBroker--ParseUri',
      "Could not find a property named 'isJunk' on type 'microsoft.graph.message'.",
    ],
    [
      "receivedDateTime gt '2026-03-02'",
      'BadRequest',
      "A binary operator with incompatible types was detected. Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind 'GreaterThan'.",
    ],
    ['isRead eq', 'BadRequest', "Invalid filter clause: Syntax error at position 9 in 'isRead eq'."],
    [
      "subject eq 'open",
      'BadRequest',
      "Invalid filter clause: Syntax error at position 16 in 'subject eq 'open'.",
    ],
    [
      'isRead eq true)',
      'BadRequest',
      "Invalid filter clause: Syntax error at position 14 in 'isRead eq true)'.",
    ],
    ['subject', 'BadRequest', "Invalid filter clause: Syntax error at position 7 in 'subject'."],
    ['isRead ~ true', 'BadRequest', "Invalid filter clause: Syntax error at position 7 in 'isRead ~ true'."],
  ])('refuses %s', (filter, code, text) => {
    const refused = expect(() => parseFilter(filter, messageType));
    refused.toThrow(QueryError);
    refused.toThrow(expect.objectContaining({ status: 400, code, message: text }));
  });

  it('names its properties in their order, each once', () => {
    const filter = parseFilter(
      "receivedDateTime ge 2026-01-01 and (isRead eq false or receivedDateTime lt 2026-02-01) and startswith(subject,'a')",
      messageType,
    );
    expect(pathsOf(filter)).toEqual(['receivedDateTime', 'isRead', 'subject']);
  });

  it('compares numbers of folders', () => {
    const filter = filterTest(parseFilter('unreadItemCount gt 2', mailFolderType));
    expect([1, 2, 3].map((unreadItemCount) => filter({ unreadItemCount }))).toEqual([false, false, true]);
  });
});
