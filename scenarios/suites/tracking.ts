import fc from 'fast-check';
import type { Operation } from '../operation.ts';
import { withViolations } from '../outcome.ts';
import { readWay } from '../way.ts';
import { minute, scenarioOf, wayIn } from './base.ts';
import { expectedTracking } from './expected-tracking.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';
import { trackingDifferences } from './tracking-differences.ts';

const mailbox = 'ann';
/** With the window of a minute, so long after an operation the engine has seen it, a death in between included. */
const slotMs = 4 * minute;
const count = 5;
/** Tracked, with and without a regarding; and one nobody tracks. */
const folders = { cases: 'INBOX/Cases', plain: 'INBOX/Plain', other: 'INBOX/Other' } as const;

const acts = [
  'to-cases',
  'to-plain',
  'to-other',
  'to-inbox',
  'category-on',
  'category-off',
  'hand-on',
  'hand-off',
  'delete',
] as const;
/** Over IMAP folders alone say what is tracked. */
const actsOverImap = acts.filter((act) => act.startsWith('to-') || act === 'delete');
/** What may become of a tracked folder, once. */
const fates = ['none', 'renamed', 'nested', 'moved-out', 'deleted'] as const;

/**
 * What is tracked, by rule, folder, category and hand, in any order, each said when the one before was seen. With
 * said(m, t) what was said of message m at time t, the last at T:
 *
 *     tracked(m) = category(m) = said(m, T);  regarding(m) = the folder's, where it has one, else the last that was given
 *     writes to m  ≤  1 + |{t : said(m, t) ≠ category(m) at t}|, so that no write leads to another
 *     what a plug-in refuses is quarantined after the 5th try and shows the category for it
 */
export const tracking: Suite = {
  name: 'tracking',
  title: 'Tracked is what folder, category and hand last said',
  law: 'tracked(m) = what was said of m last = the category on the server; regarding is that of its folder, else the last given; what cannot be delivered is shown so after 5 tries; writes ≤ messages + times that something was said.',
  profiles: [
    'exchange-online:graph',
    'dovecot-postfix:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
  ],
  defaultRuns: 16,
  invariants: ['INV-1', 'INV-5', 'INV-6', 'INV-13'],
  scenarios: (profile) =>
    fc
      .record({
        said: fc.uniqueArray(
          fc.record({
            number: fc.noShrink(fc.nat({ max: 99_999 })),
            slot: fc.nat({ max: 19 }),
            nth: fc.nat({ max: count - 1 }),
            act: fc.constantFrom(...(overImap(profile) ? actsOverImap : acts)),
          }),
          { minLength: 4, maxLength: 24, selector: (drawn) => drawn.number },
        ),
        fate: fc.constantFrom(...fates),
        fateSlot: fc.integer({ min: 5, max: 19 }),
        trackedLate: fc.boolean(),
        poison: fc.boolean(),
        killSlot: fc.option(fc.nat({ max: 19 }), { freq: 2 }),
        latencyMs: fc.constantFrom(5, 50, 200),
        pageSize: fc.constantFrom(2, 50),
      })
      .map(({ said, fate, fateSlot, trackedLate, poison, killSlot, latencyMs, pageSize }) => {
        const at = (slot: number): number => (slot + 2) * slotMs;
        return scenarioOf({
          suite: 'tracking',
          profile,
          mailboxIds: [mailbox],
          mailbox: { outgoing: false },
          latencyMs,
          settings: {
            incomingWindowMs: minute,
            trackingFolderCheckMs: minute,
            incomingEmailExchangeEmailRetrievalBatchSize: pageSize,
          },
          plugIns: [{ name: 'picky', mode: 'synchronous', takesMs: 0, refusesSubject: 'poison' }],
          operations: [
            { do: 'deliver', id: 'mail', atMs: 0, mailbox, count },
            ...(poison ? [{ do: 'deliver' as const, id: 'poison', atMs: minute, mailbox }] : []),
            { do: 'make-folder', id: 'make-cases', atMs: 0, mailbox, folder: folders.cases },
            { do: 'make-folder', id: 'make-plain', atMs: 0, mailbox, folder: folders.plain },
            {
              do: 'track-folder',
              id: 'track-cases',
              atMs: minute,
              mailbox,
              folder: folders.cases,
              regarding: 'case 1',
            },
            {
              do: 'track-folder',
              id: 'track-plain',
              atMs: trackedLate ? at(10) + minute : minute,
              mailbox,
              folder: folders.plain,
            },
            ...inSlots(said).map(({ number, slot, nth, act }) =>
              actOf(act, { id: `s${number}`, atMs: at(slot), mailbox, of: 'mail', nth }),
            ),
            ...fateOf(fate, at(fateSlot) + 2 * minute),
            ...(killSlot === null
              ? []
              : [{ do: 'kill-engine' as const, id: 'kill', atMs: at(killSlot) + 200, downMs: 10_000 }]),
          ],
          settleMs: 60 * minute,
          quietMs: 10 * minute,
        });
      }),
  async judge(scenario, run) {
    let writes = 0;
    const report = await run(scenario, (event) => {
      if (event.kind === 'reply' && event.command === 'PATCH /messages/{id}' && event.text.startsWith('2'))
        writes += 1;
    });
    if (report.verdict.kind !== 'passed') return report;
    const { compared, found } = trackingDifferences(expectedTracking(scenario), report.endState.tracked);
    const judged = withViolations(
      report,
      found.map((text) => ({ invariant: 'tracking', text })),
    );
    const messages = Object.keys(report.endState.tracked).length;
    const profile = wayIn(scenario);
    const right = measured('messages held to what was said of them', profile, 'messages', compared, {
      atLeast: 0,
      atMost: messages,
    });
    if (overImap(profile)) return withMeasurements(judged, 'tracking', [right]);
    const statements = scenario.operations.filter(
      ({ do: what }) => what === 'move-message' || what === 'categorize' || what === 'track-message',
    ).length;
    // A folder that begins to be tracked says something of each message in it.
    const folderStatements =
      scenario.operations.filter(({ do: what }) => what === 'track-folder').length * messages;
    return withMeasurements(judged, 'tracking', [
      right,
      measured('writes of categories', profile, 'writes', writes, {
        atLeast: 0,
        atMost: messages + statements + folderStatements,
      }),
    ]);
  },
};

function overImap(way: string): boolean {
  return readWay(way).access === 'imap-smtp';
}

/** One statement about a message in a slot at most: which of two came last would be anybody's guess. */
function inSlots<Said extends { readonly slot: number; readonly nth: number }>(
  said: readonly Said[],
): Said[] {
  const taken = new Set<string>();
  return said.filter(({ slot, nth }) => {
    const key = `${slot} ${nth}`;
    return !taken.has(key) && taken.add(key);
  });
}

function actOf(
  act: (typeof acts)[number],
  what: {
    readonly id: string;
    readonly atMs: number;
    readonly mailbox: string;
    readonly of: string;
    readonly nth: number;
  },
): Operation {
  switch (act) {
    case 'to-cases':
      return { do: 'move-message', ...what, folder: folders.cases };
    case 'to-plain':
      return { do: 'move-message', ...what, folder: folders.plain };
    case 'to-other':
      return { do: 'move-message', ...what, folder: folders.other };
    case 'to-inbox':
      return { do: 'move-message', ...what, folder: 'INBOX' };
    case 'category-on':
    case 'category-off':
      return { do: 'categorize', ...what, tracked: act === 'category-on' };
    case 'hand-on':
      return { do: 'track-message', ...what, tracked: true, regarding: 'a person' };
    case 'hand-off':
      return { do: 'track-message', ...what, tracked: false, regarding: undefined };
    case 'delete':
      return { do: 'delete-message', ...what };
    default:
      return unknownAct(act);
  }
}

function fateOf(fate: (typeof fates)[number], atMs: number): Operation[] {
  const what = { id: 'fate', atMs, mailbox, folder: folders.plain };
  switch (fate) {
    case 'none':
      return [];
    case 'renamed':
      return [{ do: 'rename-folder', ...what, to: 'INBOX/Renamed' }];
    case 'nested':
      return [{ do: 'rename-folder', ...what, to: `${folders.cases}/Plain` }];
    case 'moved-out':
      return [{ do: 'rename-folder', ...what, to: 'Archived' }];
    case 'deleted':
      return [{ do: 'delete-folder', ...what }];
    default:
      return unknownFate(fate);
  }
}

function unknownAct(act: never): never {
  throw new TypeError(`nobody does ${String(act)} to a message`);
}

function unknownFate(fate: never): never {
  throw new TypeError(`no folder comes to ${String(fate)}`);
}
