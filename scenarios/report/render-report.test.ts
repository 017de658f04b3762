import { describe, expect, it } from 'vitest';
import { renderReport } from './render-report.ts';
import { sampleResult } from './testing/sample-result.ts';

// Policy: the report shows every part of a result, text from anywhere stays text, nothing is loaded, and its size has a
// bound whatever the run was like.

const hostile = `</style></title><script>alert(1)</script><img src=x onerror="alert(2)">'"&`;

/** The same value with every string in it made hostile, but for what is drawn by name or linked to. */
function poisoned<T>(value: T, key = ''): T {
  const kept = ['kind', 'name', 'outcome', 'wait', 'unit', 'verdict'].includes(key);
  if (typeof value === 'string' && !kept) return `${value}${hostile}` as T; // a string in the place of a string
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, key)) as T; // the same shape as it was
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, name)])) as T;
}

describe('renderReport', () => {
  const page = renderReport(sampleResult());

  it.each([
    ['the verdict', '<span class="badge failed">invariant</span>'],
    ['how many runs failed, and where', '1 of 48 runs failed, in <a href="#backlog">backlog</a>'],
    ['the seed', '<dd>4711</dd>'],
    ['the digest', '<dd>0123456789abcdef</dd>'],
    ['how fast virtual time went', '<dd>43,200 : 1</dd>'],
    ['versions', '<dd>v24.0.0</dd>'],
    ['the part that was run', '<dd>2 of 4</dd>'],
    ['a suite', '<section id="backlog">'],
    ['its law', 'drain = backlog / (rate &#8722; arrivals)'.replace('&#8722;', '−')],
    [
      'a measurement',
      '<td class="number">10 – 20 minutes</td><td class="number">25 minutes</td><td>does not hold</td>',
    ],
    ['a bound that is open', '≥ 1 messages'],
    ['an invariant that broke', '<tr class="no"><td>INV-1</td>'],
    ['each violation', '<li>INV-1 at 01:00:00: message m7 of ann never arrived</li>'],
    ['the second violation', '<li>INV-7: email 3 left twice</li>'],
    ['the line to replay', '<code>mailclock replay out/capsules/backlog-3.json</code>'],
    ['what it was shrunk to', 'Shrunk to 1 mailbox, 0 operations and 0 faults.'],
    ['a recording', 'backlog with gmail-workspace'],
    ['its backlog', '<figcaption>Backlog '],
    ['its throughput', '<figcaption>Throughput '],
    ['its connections', '<figcaption>Open connections '],
    ['its cycles', '<figcaption>Cycles and waits '],
    [
      'a cycle',
      '<title>00:05:00 to 00:05:20: partial, 10 items, 2 failed; then throttled until 00:07:20</title>',
    ],
    ['a throttled wait', '<path class="wait throttled"'],
    ['a back-off', '<path class="wait transient"'],
    ['a mark', '<title>00:05:10 throttle: gmail.smtp.messagesPerDay</title>'],
    ['a mark in the table', '<td>fault</td><td>ann</td><td>cut at RETR</td>'],
    ['cycles in numbers', '<td>ann</td><td>outgoing</td><td class="number">3</td><td class="number">21</td>'],
    ['operations', 'deliver <b>12</b>'],
    ['faults', 'cut <b>3</b>'],
    ['throttles', 'gmail.smtp.messagesPerDay <b>5</b>'],
    ['what was never exercised', 'INV-19 in backlog'],
  ])('shows %s', (_, text) => {
    expect(page.replaceAll('\n', '')).toContain(text);
  });

  it('keeps hostile text text, wherever it comes from', () => {
    const poison = renderReport(poisoned(sampleResult()));
    expect(poison).toContain('&#60;script&#62;');
    expect(poison).not.toContain('<script');
    expect(poison).not.toContain('<img');
    expect(poison.split('</style>')).toHaveLength(2);
    // What is left when text is taken away has the same elements as the harmless page.
    const elements = (markup: string): string[] =>
      [...markup.matchAll(/<\/?[a-z0-9]+/g)].map(([name]) => name);
    expect(elements(poison)).toEqual(elements(page));
  });

  it('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<(script|link|iframe|img|object|embed)\b|\bon[a-z]+=|@import|url\(/i);
    const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to);
    expect(links.length).toBeGreaterThan(0);
    for (const to of links) {
      expect(to).toMatch(/^#/);
      expect(page).toContain(`id="${to?.slice(1)}"`);
    }
  });

  it('stays small for the densest recording there can be', () => {
    const [suite] = sampleResult().suites;
    const [recording] = suite?.recordings ?? [];
    if (suite === undefined || recording === undefined) throw new Error('The sample has a recording.');
    const minute = 60_000;
    const timelines = Array.from({ length: 24 }, (_, row) => ({
      mailbox: `mailbox-${row >> 1}`,
      workload: row % 2 === 0 ? 'incoming' : 'outgoing',
      cycles: Array.from({ length: 400 }, (_, n) => ({
        startMs: n * 5 * minute,
        endMs: n * 5 * minute + 1000,
        nextRunMs: (n + 1) * 5 * minute,
        outcome: 'partial',
        wait: 'throttled',
        items: 10,
        failed: 1,
      })),
    }));
    const marks = Array.from({ length: 600 }, (_, n) => ({
      atMs: n * minute,
      kind: 'throttle' as const,
      mailbox: `mailbox-${n % 12}`,
      text: 'gmail.smtp.messagesPerDay',
    }));
    const dense = { ...recording, virtualMs: 2000 * minute, timelines, marks };
    const grown = renderReport({ ...sampleResult(), suites: [{ ...suite, recordings: [dense] }] });
    expect(grown.length - page.length).toBeLessThan(1_200_000);
    // Cycles that follow each other at once are all drawn, tooltips only as densely as one can point.
    expect(grown.match(/class="tip"/g)?.length).toBeLessThanOrEqual(24 * 80);
  });

  it('folds away measurements that hold, never one that does not', () => {
    const { suites, ...rest } = sampleResult();
    const [suite] = suites;
    const [broken, held] = suite?.measurements ?? [];
    if (suite === undefined || broken === undefined || held === undefined)
      throw new Error('The sample has both.');
    const many = [...Array.from({ length: 40 }, () => held), { ...broken, unit: 'ms', measured: 3_600_000 }];
    const long = renderReport({ ...rest, suites: [{ ...suite, measurements: many }] });
    const [open = '', folded = ''] = long.split('<summary>29 more that hold</summary>');
    expect(open).toContain('<td class="number">01:00:00</td><td>does not hold</td>');
    expect(folded).not.toContain('does not hold');
  });

  it('says so when everything held', () => {
    const { suites, ledger, ...rest } = sampleResult();
    const held = suites.map((suite) => ({ ...suite, verdict: 'passed' as const, failed: 0, failures: [] }));
    const good = renderReport({ ...rest, verdict: 'passed', suites: held, ledger });
    expect(good).toContain('<span class="badge passed">passed</span>');
    expect(good).toContain('All 48 runs of 1 suites held.');
    expect(good).not.toContain('class="replay"');
  });
});
