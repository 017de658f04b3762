import { describe, expect, it } from 'vitest';
import { parseSearch } from './parse-search.ts';
import { found, type Searchable } from './search-terms.ts';

// Policy: a search finds what its words and properties say, and nothing else.

const mail: Searchable = {
  subject: 'Quarterly report: Berlin',
  body: 'Please find the figures attached.',
  from: ['Ann Müller', 'ann@contoso.example'],
  to: ['bob@contoso.example'],
  cc: ['carol@fabrikam.example'],
  bcc: [],
  attachments: ['figures.xlsx'],
  hasAttachments: true,
  importance: 'high',
  isRead: false,
  receivedAtMs: Date.parse('2026-03-02T10:00:00Z'),
  sizeBytes: 2048,
};

describe('$search', () => {
  it.each([
    ['report', true],
    ['"quart"', true],
    ['"terly"', false],
    ['"report figures"', true],
    ['"report missing"', false],
    ['"missing OR figures"', true],
    ['"report AND NOT berlin"', false],
    ['"(missing OR report) AND müll"', true],
    ['"\\"quarterly report\\""', true],
    ['"\\"report quarterly\\""', false],
    ['"from:ann"', true],
    ['"from:bob"', false],
    ['"bob"', false],
    ['"to:bob cc:carol@fabrikam.example"', true],
    ['"recipients:carol"', true],
    ['"participants:ann"', true],
    ['"subject:\\"report berlin\\""', true],
    ['"subject:figures"', false],
    ['"body:figures"', true],
    ['"attachment:figures.xlsx"', true],
    ['"hasattachment:true"', true],
    ['"hasAttachments:false"', false],
    ['"isread:no"', true],
    ['"importance:high"', true],
    ['"received:2026-03-02"', true],
    ['"received>=2026-03-03"', false],
    ['"received<2026-03-03 received>2026-03-01"', true],
    ['"received:2026-02-01..2026-03-02"', true],
    ['"size>1024"', true],
    ['"size<=1024"', false],
    ['"colour:report"', false],
  ])('%s', (search, expected) => {
    expect(found(parseSearch(search), mail)).toBe(expected);
  });

  it.each([['"(report"'], ['"report)"'], ['"received:whenever"'], ['"from:"'], ['""']])(
    'refuses %s',
    (search) => {
      expect(() => parseSearch(search)).toThrow(/^Syntax error: character/);
    },
  );
});
