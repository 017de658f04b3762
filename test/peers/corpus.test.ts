import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentHash, parseMessage } from '../../engine/incoming/parse-message.ts';
import { pop3Clients } from './clients/pop3-clients.ts';
import { addressKinds, differenceRules } from './corpus/field-differences.ts';
import {
  comparable,
  type FieldName,
  fieldNames,
  type OurFields,
  ourFields,
  type PythonFields,
  pythonFields,
} from './corpus/fields.ts';
import { singleDifferences } from './corpus/single-differences.ts';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';

// Policy: what the engine makes of real mail is what Python's email package makes of it. Every difference is explained,
// by a rule that rebuilds our reading from Python's or by an entry for that one message; an explanation nobody needs
// any more fails as well.

const anna = { login: 'anna@example.test', password: 'anna-s3cret' };
const corpus = foreignMail();

let system: MailSystem;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mcp-'));
  system = await startMailSystem([anna]);
  system.dovecot.put(
    anna.login,
    corpus.map(({ bytes }) => bytes),
  );
});
afterAll(async () => {
  await system?.stop();
  rmSync(directory, { recursive: true });
});

test('there is enough of it', () => {
  expect(corpus.length).toBeGreaterThan(500);
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
});

test('Dovecot sends every message in the form that is expected of it: poplib is the witness', async () => {
  const poplib = pop3Clients.find(({ name }) => name === 'poplib')!; // it is one of them
  const fetched = await poplib.fetch(
    { port: system.dovecot.pop3s, security: 'tls', ...anna, caFile: system.certificates.caFile },
    mkdtempSync(join(directory, 'pop-')),
  );
  const differing = corpus.filter(({ bytes }, at) => !fetched[at]?.equals(wireForm(bytes)));
  expect(differing.map(({ name }) => name)).toEqual([]);
  expect(fetched.length).toBe(corpus.length);
});

describe('the fields of every message, as Python reads them', () => {
  const used = new Map<string, number>();
  const unexplained: { message: string; field: FieldName; ours: unknown; python: unknown }[] = [];
  const explainedSingly: (typeof singleDifferences)[number][] = [];
  let equal = 0;

  beforeAll(async () => {
    const folder = mkdtempSync(join(directory, 'eml-'));
    for (const [at, { bytes }] of corpus.entries())
      writeFileSync(join(folder, `${String(at).padStart(6, '0')}.eml`), wireForm(bytes));
    const python = await pythonFields(folder);
    expect(python.length).toBe(corpus.length);
    for (const [at, { name, bytes }] of corpus.entries()) {
      const raw = wireForm(bytes);
      const ours = ourFields(await parseMessage(raw, contentHash(raw), 0));
      for (const field of fieldNames) judge(name, field, ours, python[at]!, raw.toString('utf8')); // as long as the corpus
    }
  });

  function judge(
    message: string,
    field: FieldName,
    ours: OurFields,
    python: PythonFields,
    raw: string,
  ): void {
    const difference = { message, field, ours: ours[field], python: comparable(field, python[field]) };
    if (isDeepStrictEqual(difference.ours, difference.python)) {
      equal += 1;
      return;
    }
    const rule = differenceRules.find(
      ({ fields, explains }) => fields.includes(field) && explains(ours, python, field, raw),
    );
    if (rule !== undefined) {
      used.set(rule.name, (used.get(rule.name) ?? 0) + 1);
      return;
    }
    const single = singleDifferences.find(({ reason: _, ...entry }) => isDeepStrictEqual(entry, difference));
    if (single === undefined) unexplained.push(difference);
    else explainedSingly.push(single);
  }

  test('no difference is left unexplained', () => {
    expect(unexplained).toEqual([]);
  });

  test('nearly all are equal', () => {
    expect(equal).toBeGreaterThan(0.95 * corpus.length * fieldNames.length);
  });

  test('every explanation is needed', () => {
    expect([...used.keys()].sort()).toEqual(differenceRules.map(({ name }) => name).sort());
    expect(explainedSingly).toEqual(singleDifferences);
    for (const { reason } of [...differenceRules, ...addressKinds, ...singleDifferences])
      expect(reason.length).toBeGreaterThan(8);
  });
});
