import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { prepareFolder } from './campaign/prepare-folder.ts';
import { InputError } from './input-error.ts';
import { readScenario, sentenceFor } from './read-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Verdict } from './verdict.ts';

const maxBytes = 16 * 1024 * 1024;
const text = v.pipe(v.string(), v.maxLength(4_000));
const texts = v.pipe(v.array(text), v.maxLength(200));

const verdictSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('passed') }),
  v.strictObject({
    kind: v.literal('invariant'),
    violations: v.pipe(
      v.array(v.strictObject({ invariant: text, text, atMs: v.optional(v.number()) })),
      v.maxLength(100),
    ),
  }),
  v.strictObject({ kind: v.literal('fault-never-fired'), rules: texts }),
  v.strictObject({ kind: v.literal('did-not-settle'), reasons: texts }),
  v.strictObject({ kind: v.literal('nondeterminism'), digests: v.tuple([text, text]), findings: texts }),
  v.strictObject({ kind: v.literal('harness-fault'), text }),
]);

const capsuleSchema = v.strictObject({
  capsule: v.literal(1),
  mailclock: text,
  node: text,
  suite: text,
  index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  verdict: verdictSchema,
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{8,128}$/, 'a digest is lower case hex')),
  /** The scenario after shrinking. */
  scenario: v.unknown(),
  trace: texts,
});

/** A failing case that replays: everything needed to see it again, and what was seen. */
export interface Capsule {
  readonly capsule: 1;
  readonly mailclock: string;
  readonly node: string;
  readonly suite: string;
  readonly index: number;
  readonly verdict: Verdict;
  readonly digest: string;
  readonly scenario: Scenario;
  /** The last lines of the trace. */
  readonly trace: readonly string[];
}

/** Writes a capsule whole or not at all. Lists longer than the format's bounds are cut. */
export async function writeCapsule(path: string, capsule: Capsule): Promise<void> {
  prepareFolder(dirname(path));
  const part = `${path}.part`;
  try {
    await writeFile(part, `${JSON.stringify(bounded(capsule), undefined, 2)}\n`);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Reads a capsule back; one sentence says what is wrong with a file that is none. */
export async function readCapsule(path: string): Promise<Capsule> {
  const found = await readCase(path);
  if ('capsule' in found) return found;
  throw new InputError(
    `${path} is a scenario and no capsule; give the path of a file that mailclock run wrote`,
  );
}

/** Reads a capsule, or a scenario somebody wrote. */
export async function readCase(path: string): Promise<Capsule | Scenario> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile())
    throw new InputError(`there is no file at ${path}; check the path`);
  if (found.size > maxBytes) {
    throw new InputError(`${path} has ${found.size} bytes, more than the ${maxBytes} a capsule may have`);
  }
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new InputError(`${path} is not JSON; give the path of a file that mailclock run wrote`);
  }
  if (typeof json !== 'object' || json === null || !('capsule' in json || 'schema' in json)) {
    throw new InputError(
      `${path} is neither a capsule nor a scenario; give the path of a file that mailclock run wrote, or of a scenario`,
    );
  }
  if (!('capsule' in json)) return readScenario(json, path);
  const parsed = v.safeParse(capsuleSchema, json, { abortEarly: true, abortPipeEarly: true });
  if (!parsed.success) throw new InputError(sentenceFor(parsed.issues[0], path));
  return { ...parsed.output, scenario: readScenario(parsed.output.scenario, `the scenario in ${path}`) };
}

function bounded(capsule: Capsule): Capsule {
  const cut = (line: string) => (line.length <= 4_000 ? line : `${line.slice(0, 3_999)}…`);
  const verdict = capsule.verdict;
  return {
    ...capsule,
    trace: capsule.trace.slice(-200).map(cut),
    verdict:
      verdict.kind === 'invariant'
        ? {
            kind: 'invariant',
            violations: verdict.violations.slice(0, 100).map((one) => ({ ...one, text: cut(one.text) })),
          }
        : verdict.kind === 'did-not-settle'
          ? { kind: 'did-not-settle', reasons: verdict.reasons.slice(0, 200).map(cut) }
          : verdict.kind === 'harness-fault'
            ? { kind: 'harness-fault', text: cut(verdict.text) }
            : verdict,
  };
}
