import { describe, expect, it } from 'vitest';
import type { RunResult, SuiteResult } from '../../scenarios/result.ts';
import { duration, ratio, table, whole } from './figures.ts';
import { reporters } from './index.ts';
import { junit } from './junit.ts';

const suite: SuiteResult = {
  name: 'restart',
  title: 'Killed anywhere',
  law: 'end = end',
  verdict: 'invariant',
  runs: 3,
  failed: 1,
  virtualMs: 86_400_000,
  wallMs: 1_500,
  events: 10,
  digest: 'ab',
  profiles: ['dovecot-postfix'],
  measurements: [],
  invariants: [],
  failures: [
    {
      suite: 'restart',
      index: 2,
      verdict: { kind: 'invariant', violations: [{ invariant: 'INV-1', text: 'a < b & "c"' }] },
      replay: 'mailclock replay out/x.capsule.json',
      capsule: 'out/x.capsule.json',
      scenario: undefined,
    },
  ],
  recordings: [],
};
const result: RunResult = {
  schema: 1,
  mailclock: '0.1.0',
  node: 'v24',
  invocation: { suites: [], seed: 7, runs: undefined, shard: { index: 1, of: 1 }, workers: 2, out: 'out' },
  verdict: 'invariant',
  exitCode: 1,
  seed: 7,
  digest: '0123456789abcdef0123',
  runs: 3,
  virtualMs: 86_400_000,
  wallMs: 1_000,
  suites: [suite],
  ledger: {
    operations: { deliver: 4 },
    faults: {},
    throttles: {},
    invariants: [{ id: 'INV-1', name: 'exactly once in', exercised: 12, violations: 1 }],
    notApplicable: [{ id: 'INV-6', name: 'no echo', reason: 'nothing comes back' }],
    neverExercised: [{ suite: 'restart', invariant: 'INV-7' }],
  },
};

function print(kind: keyof typeof reporters): string {
  let text = '';
  const output = {
    write(part: string) {
      text += part;
    },
  };
  const nobody = { write: () => {} };
  reporters[kind](output, nobody).onEnd(result, { report: 'out/report.html', json: 'out/result.json' });
  return text;
}

/** What is wrong with an XML document of elements, attributes and text, by the XML 1.0 grammar; undefined when nothing is. */
function malformed(document: string): string | undefined {
  if (!document.isWellFormed()) return 'half a surrogate pair';
  // XML 1.0 section 2.2 leaves them out.
  for (const character of document)
    if (character < ' ' && !'\t\n\r'.includes(character)) return 'a control character';
  const open: string[] = [];
  let rest = document.replace(/^<\?xml [^?]*\?>/, '');
  while (rest !== '') {
    const text = /^(?:[^<&]|&(?:amp|lt|gt|quot|apos|#\d+);)+/.exec(rest)?.[0] ?? '';
    if (text.includes(']]>')) return 'the end of a CDATA section';
    const tag = /^<(\/?)([a-z]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|apos|#\d+);)*")*)(\/?)>/.exec(rest);
    if (text === '' && tag === null) return `at ${rest.slice(0, 40)}`;
    if (text === '' && tag !== null) {
      const [, closes, name = '', , empty] = tag;
      if (closes === '/' && open.pop() !== name) return `</${name}> closes what it did not open`;
      if (closes !== '/' && empty !== '/') open.push(name);
    }
    rest = rest.slice(text.length || (tag?.[0].length ?? 0));
  }
  return open.length === 0 ? undefined : `<${open.at(-1)}> is not closed`;
}

// Policy: every reporter says what failed and how to see it again, in a form its reader takes.
describe('reporters', () => {
  it('default: a table, what was exercised, one line to replay, the report', () => {
    const text = print('default');
    expect(text).toContain('restart     3  1 d 0 h  1.5 s  57,600:1  1 invariant');
    expect(text).toContain('exercised   INV-1 12');
    expect(text).toContain(
      'restart run 2 failed: INV-1: a < b & "c"\n  replay: mailclock replay out/x.capsule.json\n',
    );
    expect(text).toContain('not applicable  INV-6 no echo: nothing comes back');
    expect(text).toContain('never exercised: INV-7 in restart');
    expect(text).toContain('seed 7, digest 0123456789abcdef, report: out/report.html');
  });

  it('json: the result, whole, on one line', () => {
    expect(JSON.parse(print('json'))).toEqual(JSON.parse(JSON.stringify(result)));
    expect(print('json').trimEnd()).not.toContain('\n');
  });

  it('junit: well-formed whatever a message holds', () => {
    const text = junit(result);
    expect(text).toContain('<testsuite name="restart" tests="2" failures="1" time="1.500">');
    expect(text).toContain('message="INV-1: a &lt; b &amp; &quot;c&quot;"');
    expect(text).toContain('replay: mailclock replay out/x.capsule.json');
    expect(text.match(/<testcase/g)).toHaveLength(2);
    expect(malformed(text)).toBeUndefined();
    const nasty = {
      kind: 'harness-fault',
      text: "a\u0000b\u001b[1m ]]> </failure> '&amp; \n \ud83d",
    } as const;
    const failures = suite.failures.map((failure) => ({ ...failure, verdict: nasty }));
    expect(malformed(junit({ ...result, suites: [{ ...suite, failures }] }))).toBeUndefined();
  });

  it('github: an annotation for each failure', () => {
    expect(print('github')).toContain(
      '::error title=restart run 2::INV-1: a < b & "c"%0Areplay: mailclock replay out/x.capsule.json\n',
    );
  });
});

describe('figures', () => {
  it('are short', () => {
    expect([450, 12_340, 90_000, 3_600_000 * 3.5, 86_400_000 * 4.25].map(duration)).toEqual([
      '450 ms',
      '12.3 s',
      '2 min',
      '3 h 30 min',
      '4 d 6 h',
    ]);
    expect(whole(1_234_567.8)).toBe('1,234,568');
    expect(ratio(84_000_000, 1_000)).toBe('84,000:1');
    expect(
      table([
        ['a', 'bb'],
        ['ccc', 'd'],
      ]),
    ).toBe('a    bb\nccc   d');
  });
});
