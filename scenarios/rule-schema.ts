import * as v from 'valibot';
import { timeMs } from './operation.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000));
const text = v.pipe(v.string(), v.maxLength(1_000));
const range = v.union([count, v.strictObject({ from: count, to: count })]);
const delay = v.union([
  timeMs,
  v.strictObject({ fromMs: timeMs, toMs: timeMs }),
  v.strictObject({ p50Ms: timeMs, p99Ms: timeMs }),
]);
const end = v.optional(v.picklist(['reset', 'close', 'half-open']));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const actionSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('delay'), delayMs: delay }),
  v.strictObject({ kind: v.literal('hang') }),
  v.strictObject({ kind: v.literal('refuse') }),
  v.strictObject({ kind: v.literal('reset') }),
  v.strictObject({ kind: v.literal('close') }),
  v.strictObject({ kind: v.literal('half-open') }),
  v.strictObject({ kind: v.literal('reply'), text, close: v.optional(v.boolean()) }),
  v.strictObject({
    kind: v.literal('cut'),
    afterBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    afterShare: v.optional(share),
    end,
  }),
  v.strictObject({ kind: v.literal('commit-then-drop'), end }),
  v.strictObject({ kind: v.literal('duplicate-reply') }),
  v.strictObject({ kind: v.literal('corrupt'), bytes: count }),
  v.strictObject({ kind: v.literal('garbage'), text }),
  v.strictObject({ kind: v.literal('lie'), field: text, delta: v.pipe(v.number(), v.integer()) }),
  v.strictObject({
    kind: v.literal('flip'),
    field: text,
    how: v.picklist(['missing', 'doubled', 'changed', 'renumbered']),
  }),
  v.strictObject({ kind: v.literal('slice'), maxBytes: count }),
  v.strictObject({ kind: v.literal('bandwidth'), bytesPerSecond: count }),
  v.strictObject({ kind: v.literal('kill') }),
  v.strictObject({ kind: v.literal('tls'), fault: v.picklist(['expired', 'wrong-name', 'stall', 'refuse']) }),
]);

/** A rule of the simulators' grammar (where, when, what, expect), as it stands in a scenario. */
export const ruleSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'an id is 1 to 40 of a-z, 0-9 and "-"')),
  where: v.strictObject({
    protocol: v.optional(v.picklist(['pop3', 'smtp', 'imap', 'graph'])),
    phase: v.optional(
      v.picklist(['connect', 'banner', 'tls', 'command', 'reply', 'body', 'commit', 'committed']),
    ),
    command: v.optional(text),
    mailbox: v.optional(text),
    connection: v.optional(range),
    argument: v.optional(text),
  }),
  when: v.optional(
    v.strictObject({
      hits: v.optional(range),
      everyNth: v.optional(count),
      fromMs: v.optional(timeMs),
      untilMs: v.optional(timeMs),
      chance: v.optional(share),
    }),
  ),
  what: actionSchema,
  expect: v.optional(
    v.strictObject({
      atLeast: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      atMost: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    }),
  ),
});
