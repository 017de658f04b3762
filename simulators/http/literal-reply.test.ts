import { describe, expect, it } from 'vitest';
import { literalReply } from './literal-reply.ts';

// Policy: a rule or limit spells a reply out in text; what is left out is left to the service, what is no reply is
// refused in a sentence.

describe('the text of an HTTP reply', () => {
  it.each([
    ['503', { status: 503, headers: {} }],
    ['504 UnknownError', { status: 504, code: 'UnknownError', headers: {} }],
    [
      '429 ApplicationThrottled Over its limit.\nRetry-After: 10',
      {
        status: 429,
        code: 'ApplicationThrottled',
        message: 'Over its limit.',
        headers: { 'Retry-After': '10' },
      },
    ],
    ['503\n\n', { status: 503, headers: {}, body: '' }],
    ['503\n', { status: 503, headers: {}, body: '' }],
    [
      '410\nLocation: https://a.test/?x=1:2\n\n{"a":\n\n1}',
      { status: 410, headers: { Location: 'https://a.test/?x=1:2' }, body: '{"a":\n\n1}' },
    ],
  ])('%j is read', (text, expected) => {
    expect(JSON.parse(JSON.stringify(literalReply(text)))).toEqual(expected);
  });

  it.each([
    ['-ERR no', /"-ERR no" is no HTTP reply of a rule or limit: begin with a status/],
    ['999 x', /begin with a status/],
    ['503 x\nRetry-After 10', /"Retry-After 10" of an HTTP reply is no header: write "Name: value"/],
  ])('%j is refused', (text, sentence) => {
    expect(() => literalReply(text)).toThrow(sentence);
  });
});
