/**
 * Policy: every answer of the corpus gets exactly the class, code, scope, hold and wait it is labelled with; one nobody
 * knows is read by its status. A limit in another status disables no mailbox, and no secret gets into a text.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../graph/retry-after.ts';
import { classifyGraph } from './classify-graph.ts';
import { type GraphCorpusLine, graphCorpus } from './corpus-graph.ts';
import { type GraphAnswer, readGraphError } from './graph-answer.ts';
import { graphRules } from './rules-graph.ts';

function answer({ status, body, retryAfter }: GraphCorpusLine): GraphAnswer {
  const headers = new Headers(retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
  return { status, ...readGraphError(Buffer.from(body)), retryAfterMs: retryAfterMs(headers, 0) };
}

describe('the corpus', () => {
  it.each(graphCorpus.map((line) => [line.from, line.status, line.body, line] as const))(
    '%s: %s %s',
    (_from, _status, _body, line) => {
      const {
        class: errorClass,
        code,
        scope,
        holds,
        retryAfterMs: waitMs,
      } = classifyGraph(answer(line), 'x');
      expect({ class: errorClass, code, scope, holds, retryAfterMs: waitMs }).toEqual({
        class: line.class,
        code: line.code,
        scope: line.scope,
        holds: line.holds,
        retryAfterMs: line.retryAfterMs,
      });
    },
  );

  it('exercises every rule, so that none is there for nothing', () => {
    const used = new Set(
      graphCorpus.map((line) => graphRules.findIndex((rule) => rule.matches(answer(line)))),
    );
    const unused = graphRules.filter((_, index) => !used.has(index));
    expect(unused.map((rule) => rule.verdict)).toEqual([]);
  });

  it('means the same in capitals and in small letters', () => {
    for (const line of graphCorpus) {
      const { code, ...rest } = answer(line);
      const asked = (spelled: string): string => classifyGraph({ code: spelled, ...rest }, 'x').code;
      expect([asked(code.toUpperCase()), asked(code.toLowerCase())]).toEqual([line.code, line.code]);
    }
  });
});

it('disables nobody for an answer of the service itself', () => {
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 599 }), fc.string(), (status, message) => {
      const { class: errorClass } = classifyGraph({ status, code: '', message }, 'x');
      return errorClass === 'transient' || errorClass === 'throttled';
    }),
  );
});

it('keeps tokens and secrets out of its text', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
  const { text } = classifyGraph(
    {
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: `bad ${jwt}, Authorization: Bearer abc.def, client_secret=hush`,
    },
    'x',
  );
  expect(text).not.toMatch(/eyJ|abc\.def|hush/);
  expect(text).toContain('InvalidAuthenticationToken');
});
