import fc from 'fast-check';
import { messageShapes, type Operation } from '../operation.ts';

const minute = 60_000;

/** An id that stays with its operation when others are taken out. */
const number = fc.noShrink(fc.nat({ max: 99_999 }));

/** Mail from outside, at any time before `untilMs`. */
export function deliveries(
  mailboxes: readonly string[],
  untilMs: number,
  bounds = { minLength: 1, maxLength: 8 },
): fc.Arbitrary<Operation[]> {
  const one = fc.record({
    number,
    atMs: fc.nat({ max: untilMs }),
    mailbox: fc.constantFrom(...mailboxes),
    count: fc.integer({ min: 1, max: 6 }),
    everyMs: fc.constantFrom(0, 1_000, minute),
    sizeBytes: fc.constantFrom(200, 2_000, 20_000),
    shape: fc.constantFrom(...messageShapes),
    copies: fc.constantFrom(1, 1, 1, 2),
  });
  return listOf(one, bounds, ({ number, ...rest }) => ({ do: 'deliver', id: `d${number}`, ...rest }));
}

/** Mail the application queues: to others of the world, and outside. */
export function queuedEmails(
  mailboxes: readonly string[],
  recipients: readonly string[],
  untilMs: number,
  bounds = { minLength: 1, maxLength: 6 },
): fc.Arbitrary<Operation[]> {
  const one = fc.record({
    number,
    atMs: fc.nat({ max: untilMs }),
    mailbox: fc.constantFrom(...mailboxes),
    to: fc.uniqueArray(fc.constantFrom(...recipients), { minLength: 1, maxLength: 3 }),
    count: fc.integer({ min: 1, max: 4 }),
    everyMs: fc.constantFrom(0, 1_000, minute),
    sizeBytes: fc.constantFrom(200, 2_000, 20_000),
  });
  return listOf(one, bounds, ({ number, ...rest }) => ({ do: 'queue-email', id: `q${number}`, ...rest }));
}

/** What else happens to mailboxes and to the engine: locks, deletions, new identities, passwords, kills, impatience. */
export function disturbances(
  mailboxes: readonly string[],
  untilMs: number,
  bounds = { minLength: 0, maxLength: 4 },
): fc.Arbitrary<Operation[]> {
  const atMs = fc.nat({ max: untilMs });
  const mailbox = fc.constantFrom(...mailboxes);
  const workload = fc.constantFrom('incoming' as const, 'outgoing' as const);
  const one: fc.Arbitrary<{ number: number; operation: WithoutId<Operation> }> = fc.oneof(
    fc.record({
      number,
      operation: fc.record({
        do: fc.constant('second-client' as const),
        atMs,
        mailbox,
        forMs: fc.integer({ min: 1_000, max: 12 * minute }),
      }),
    }),
    fc.record({
      number,
      operation: fc.record({
        do: fc.constant('remove-from-server' as const),
        atMs,
        mailbox,
        count: fc.integer({ min: 1, max: 3 }),
      }),
    }),
    fc.record({
      number,
      operation: fc.record({ do: fc.constant('sync-now' as const), atMs, mailbox, workload }),
    }),
    fc.record({
      number,
      operation: fc.record({
        do: fc.constant('kill-engine' as const),
        atMs,
        downMs: fc.integer({ min: 1_000, max: 10 * minute }),
      }),
    }),
    fc.record({
      number,
      operation: fc.record({ do: fc.constant('reissue-ids' as const), atMs, mailbox }),
    }),
    fc.record({
      number,
      operation: fc.record({
        do: fc.constant('change-password' as const),
        atMs,
        mailbox,
        learnedAfterMs: fc.integer({ min: 1_000, max: 40 * minute }),
      }),
    }),
  );
  return listOf(one, bounds, ({ number, operation }) => ({ ...operation, id: `x${number}` }));
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

function listOf<T extends { number: number }>(
  one: fc.Arbitrary<T>,
  bounds: { minLength: number; maxLength: number },
  toOperation: (drawn: T) => Operation,
): fc.Arbitrary<Operation[]> {
  return fc
    .uniqueArray(one, { ...bounds, selector: (drawn) => drawn.number })
    .map((drawn) => drawn.map(toOperation));
}
