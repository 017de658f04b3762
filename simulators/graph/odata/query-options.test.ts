import { describe, expect, it } from 'vitest';
import { mailFolderType } from './mail-folder-type.ts';
import { messageType } from './message-type.ts';
import { orderOf } from './order-by.ts';
import { pick } from './pick.ts';
import { parseQueryOptions, type QueryOptions } from './query-options.ts';
import { refusals } from './refusals.ts';

// Policy: options are taken as Outlook takes them; combinations it refuses are refused with its code and sentence.

const optionsOf = (query: string, type = messageType): QueryOptions =>
  parseQueryOptions(new URLSearchParams(query), type);

describe('query options', () => {
  it('has defaults', () => {
    expect(optionsOf('')).toEqual({ expand: [], skip: 0, count: false });
  });

  it('takes names in any case and without the dollar sign', () => {
    expect(optionsOf('$Top=5&count=true&$SKIP=7')).toMatchObject({ top: 5, count: true, skip: 7 });
  });

  it('spells what is selected as the resource does, the id always with it', () => {
    expect(optionsOf('$select=Subject, isread,from')).toMatchObject({
      select: ['id', 'subject', 'isRead', 'from'],
    });
    expect(pick({ '@odata.etag': 'W/"1"', id: 'a', subject: 's', body: 'b' }, ['id', 'subject'])).toEqual({
      '@odata.etag': 'W/"1"',
      id: 'a',
      subject: 's',
    });
  });

  it('orders by several keys', () => {
    const { orderBy = [] } = optionsOf('$orderby=importance desc,receivedDateTime');
    const mails = [
      { importance: 'low', receivedDateTime: '2026-01-01T00:00:00Z' },
      { importance: 'normal', receivedDateTime: '2026-01-03T00:00:00Z' },
      { importance: 'Normal', receivedDateTime: '2026-01-02T00:00:00Z' },
      { receivedDateTime: '2026-01-04T00:00:00Z' },
    ];
    expect([...mails].sort(orderOf(orderBy)).map((mail) => mails.indexOf(mail))).toEqual([2, 1, 0, 3]);
  });

  it('takes an order with a filter that begins with the same properties', () => {
    const query = "$orderby=receivedDateTime desc&$filter=receivedDateTime ge 2026-01-01 and subject eq 'x'";
    expect(optionsOf(query).orderBy).toHaveLength(1);
  });

  it('expands extended properties with their ids, and attachments with a selection', () => {
    const query =
      "$expand=singleValueExtendedProperties($filter=id eq 'String 0x1042' or id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name a'),attachments($select=id,name)";
    expect(optionsOf(query).expand).toEqual([
      {
        name: 'singleValueExtendedProperties',
        extendedIds: ['String 0x1042', 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name a'],
      },
      { name: 'attachments', select: ['id', 'name'] },
    ]);
  });

  it.each([
    [
      '$search="a"&$filter=isRead eq true',
      'SearchWithFilter',
      "The query parameter '$filter' is not supported with '$search'.",
    ],
    [
      '$search="a"&$orderby=subject',
      'SearchWithOrderBy',
      "The query parameter '$orderBy' is not supported with '$search'.",
    ],
    [
      '$search="a"&$count=true',
      'SearchWithCount',
      "The query parameter '$count' is not supported with '$search'.",
    ],
    ['$search="a"&$skip=1', 'SearchWithSkip', "The query parameter '$skip' is not supported with '$search'."],
    [
      '$search=from:ann',
      'BadRequest',
      "Syntax error: character ':' is not valid at position 4 in 'from:ann'.",
    ],
    [
      '$orderby=subject&$filter=isRead eq true',
      'InefficientFilter',
      'The restriction or sort order is too complex for this operation.',
    ],
    [
      '$orderby=receivedDateTime&$filter=isRead eq true and receivedDateTime ge 2026-01-01',
      'InefficientFilter',
      'The restriction or sort order is too complex for this operation.',
    ],
    [
      '$orderby=toRecipients',
      'ErrorInvalidUrlQuery',
      "The '$orderby' parameter value 'toRecipients' is not supported.",
    ],
    [
      '$orderby=age',
      'RequestBroker--ParseUri',
      "Could not find a property named 'age' on type 'microsoft.graph.message'.",
    ],
    [
      '$select=subject,@removed',
      'BadRequest',
      "Parsing OData Select and Expand failed: Could not find a property named '@removed' on type 'microsoft.graph.message'.",
    ],
    ['$top=0', 'ErrorInvalidUrlQuery', refusals.top.message.replace('{name}', '0')],
    ['$top=1001', 'ErrorInvalidUrlQuery', refusals.top.message.replace('{name}', '1001')],
    ['$skip=-1', 'BadRequest', refusals.skip.message.replace('{name}', '-1')],
    ['$count=maybe', 'BadRequest', refusals.count.message.replace('{name}', 'maybe')],
    [
      '$expand=events',
      'BadRequest',
      refusals.expand.message.replace('{name}', 'events').replace('{type}', 'microsoft.graph.message'),
    ],
    [
      '$expand=attachments(',
      'BadRequest',
      refusals.expandSyntax.message.replace('{position}', '12').replace('{name}', 'attachments('),
    ],
    [
      '$expand=singleValueExtendedProperties',
      'ErrorInvalidProperty',
      refusals.extendedPropertyFilter.message,
    ],
    ['$apply=groupby((subject))', 'BadRequest', "The query parameter '$apply' is not supported."],
  ])('refuses %s', (query, code, message) => {
    expect(() => optionsOf(query)).toThrow(expect.objectContaining({ status: 400, code, message }));
  });

  it('refuses to search folders', () => {
    expect(() => optionsOf('$search="a"', mailFolderType)).toThrow(
      expect.objectContaining({ code: 'ErrorInvalidUrlQuery' }),
    );
  });
});
