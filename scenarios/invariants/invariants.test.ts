import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OutgoingEmail } from '../../engine/records/email.ts';
import { defaultSettings } from '../../engine/records/settings.ts';
import type { Store, StoredEmail, WorkloadState } from '../../engine/store/store.ts';
import type { Traced, TraceEvent } from '../../simulators/index.ts';
import { readScenario } from '../read-scenario.ts';
import type { FlagChange } from '../run/flag-change.ts';
import type { EngineFacts, RunMailbox, RunView } from '../run/run-view.ts';
import type { TrueMessage } from '../run/truth.ts';
import type { ScenarioInput } from '../scenario.ts';
import { invariants } from './index.ts';

const minute = 60_000;
const ann: RunMailbox = {
  id: 'ann',
  address: 'ann@alpha.test',
  domain: 'alpha.test',
  access: 'pop3-smtp',
  incoming: true,
  outgoing: true,
  deleteAfterProcessing: false,
  synchronizeFlags: false,
};

interface World {
  ever?: TrueMessage[];
  accepted?: Record<string, Record<string, number>>;
  peakOpen?: number;
  /** How often each Message-ID is in Sent. */
  inSent?: Record<string, number>;
  queued?: { id: string; to: string[] }[];
  /** By message, what it has in the Inbox. */
  flags?: Record<string, string[]>;
  flagChanges?: FlagChange[];
  scenario?: Partial<ScenarioInput>;
  mailbox?: Partial<RunMailbox>;
  settled?: boolean;
  raw?: Record<number, string>;
}

function viewOf(world: World): RunView {
  const mailbox = { ...ann, ...world.mailbox };
  const scenario = readScenario({
    schema: 1,
    suite: 's',
    seed: 1,
    providers: [{ domain: 'alpha.test', profile: 'p', maxConcurrentConnections: 2 }],
    mailboxes: [{ id: 'ann', domain: 'alpha.test' }],
    ...world.scenario,
  });
  const store: Partial<Store> = {
    emailRaw: async (id) => Buffer.from(world.raw?.[id] ?? ''),
  };
  return {
    scenario,
    settings: defaultSettings,
    startMs: 1_000_000,
    mailboxes: [mailbox],
    byId: new Map([
      ['ann', mailbox],
      ['bob', { ...mailbox, id: 'bob', address: 'bob@alpha.test' }],
    ]),
    byAddress: new Map([['ann@alpha.test', mailbox]]),
    truth: {
      ever: () => world.ever ?? [],
      accepted: new Map(
        Object.entries(world.accepted ?? {}).map(([id, copies]) => [id, new Map(Object.entries(copies))]),
      ),
      placeOf: (_address, id) => ({ folder: 'INBOX', flags: world.flags?.[id] ?? [] }),
      filesSent: () => false,
      sentCopies: () => new Map(Object.entries(world.inSent ?? {})),
      servers: () => [{ protocol: 'pop3', peakOpen: world.peakOpen ?? 0 }],
    },
    store: store as Store, // invariants read messages and nothing else
    queued: (world.queued ?? []).map((record) => ({ ...record, mailbox, queuedAtMs: 0 })),
    performed: [],
    flagChanges: world.flagChanges ?? [],
    deaths: [],
    healedAtMs: 0,
    settledAtMs: world.settled === false ? undefined : 0,
    nowMs: () => 60 * minute,
  };
}

const noFacts: EngineFacts = {
  received: new Map(),
  ledgers: new Map(),
  quarantine: [],
  outgoing: [],
  alerts: [],
  states: (['incoming', 'outgoing'] as const).map((workload) => stateOf(workload, true)),
  statistics: new Map(),
  trackings: new Map(),
};

function stateOf(workload: 'incoming' | 'outgoing', enabled: boolean): WorkloadState {
  return {
    mailboxId: 'ann',
    emailServerProfileId: 'alpha.test',
    workload,
    enabled,
    lastErrorClass: undefined,
    nextRunAt: 0,
    leaseOwner: undefined,
    leaseUntil: undefined,
    fence: 1,
    transientFailureCount: 0,
    authFailureCount: 0,
    lastStartedOn: undefined,
    lastEndedOn: undefined,
    lastOutcome: undefined,
  };
}

const message = (name: string, more: Partial<TrueMessage> = {}): TrueMessage => ({
  id: name,
  shown: true,
  hiddenOnceFetched: false,
  sha256: name,
  sizeBytes: 10,
  subject: name,
  arrivedAtMs: 0,
  removedAtMs: undefined,
  removedBy: undefined,
  categories: undefined,
  ...more,
});

const received = (...hashes: string[]): Partial<EngineFacts> => ({
  received: new Map([
    [
      'ann',
      hashes.map(
        (rawSha256, n): StoredEmail => ({
          id: n,
          mailboxId: 'ann',
          status: 4,
          messageId: undefined,
          inReplyTo: undefined,
          subject: undefined,
          sentOn: undefined,
          receivedOn: 0,
          rawSha256,
          sizeBytes: 10,
          flags: { seen: false, flagged: false, answered: false },
        }),
      ),
    ],
  ]),
});

const outgoing = (
  status: OutgoingEmail['status'],
  outcome: OutgoingEmail['recipients'][number]['outcome'],
  messageId = '<q@x>',
  id = 'q',
): OutgoingEmail => ({
  id,
  mailboxId: 'ann',
  subject: '',
  to: [{ address: 'zoe@x' }],
  status,
  messageId,
  queuedOn: 0,
  deliveryAttempts: 1,
  recipients: [{ address: 'zoe@x', outcome, reply: undefined }],
});

const start = (atMs: number, fence = 1): TimedEvent => [
  atMs,
  { kind: 'cycle-start', mailbox: 'ann', workload: 'incoming', fence },
];
const bobRuns = (...minutes: readonly number[]): TimedEvent[] =>
  minutes.map((n) => [n * minute, { kind: 'cycle-start', mailbox: 'bob', workload: 'incoming', fence: n }]);
const end = (
  atMs: number,
  more: { nextMs?: number; wait?: string; items?: number; outcome?: string; failed?: number } = {},
): TimedEvent => [
  atMs,
  {
    kind: 'cycle-end',
    mailbox: 'ann',
    workload: 'incoming',
    fence: 1,
    outcome: more.outcome ?? 'success',
    items: more.items ?? 0,
    failed: more.failed ?? 0,
    nextRunAtMs: 1_000_000 + (more.nextMs ?? atMs + 5 * minute),
    wait: more.wait ?? 'window',
  },
];
/** The category of a message is written, and the server takes it. */
const writing = (atMs: number): TimedEvent[] => {
  const at = {
    protocol: 'graph',
    connection: 'c1',
    mailbox: 'ann@alpha.test',
    command: 'PATCH /messages/{id}',
  } as const;
  return [
    [atMs, { kind: 'command', ...at, argument: '/messages/AAk' }],
    [atMs, { kind: 'reply', ...at, text: '200', sizeBytes: 0 }],
  ];
};

const command = (atMs: number, verb: string, argument?: string): TimedEvent => [
  atMs,
  {
    kind: 'command',
    protocol: 'pop3',
    connection: 'pop3#1',
    mailbox: 'ann@alpha.test',
    command: verb,
    argument,
  },
];
const throttled: TraceEvent = {
  kind: 'throttle',
  limiter: 'l',
  key: 'k',
  breach: 'reject',
  protocol: 'pop3',
  connection: 'pop3#1',
  mailbox: 'ann@alpha.test',
};

type TimedEvent = [atMs: number, event: TraceEvent];
interface Case {
  readonly world?: World;
  readonly events?: TimedEvent[];
  readonly facts?: Partial<EngineFacts>;
}

/** For each invariant something that keeps it, and something that breaks it. */
const cases: Record<string, { keeps: Case; breaks: Case }> = {
  'INV-1': {
    keeps: { world: { ever: [message('a'), message('b')] }, facts: received('a', 'b') },
    breaks: { world: { ever: [message('a'), message('b')] }, facts: received('a') },
  },
  'INV-2': {
    keeps: { world: { ever: [message('a')] }, facts: received('a') },
    breaks: { world: { ever: [message('a')] }, facts: received('a', 'x') },
  },
  'INV-3': {
    keeps: {
      world: {
        mailbox: { deleteAfterProcessing: true },
        ever: [message('a', { removedBy: 'client', removedAtMs: 5 })],
      },
      facts: received('a'),
    },
    breaks: {
      world: {
        mailbox: { deleteAfterProcessing: true },
        ever: [message('a', { removedBy: 'client', removedAtMs: 5 })],
      },
    },
  },
  'INV-4': {
    keeps: {
      world: { ever: [message('a', { removedBy: 'client', removedAtMs: 5 })] },
      events: [start(10), end(11), start(20), end(21), start(30), end(31)],
    },
    breaks: {
      world: { ever: [message('a', { removedBy: 'client', removedAtMs: 5 })] },
      events: [start(10), end(11), start(20), end(21), start(30), end(31)],
      facts: {
        ledgers: new Map([
          [
            'ann',
            new Map([['1', { itemId: '1', state: 'stored', strikes: 0, deletePending: true } as const]]),
          ],
        ]),
      },
    },
  },
  'INV-5': {
    keeps: { events: [command(1, 'UIDL'), end(2)] },
    breaks: { events: [command(1, 'RETR'), end(2)] },
  },
  'INV-6': {
    keeps: {
      events: [
        ...writing(1),
        [2, { kind: 'operation', id: 'o', operation: 'categorize', mailbox: 'ann' }],
        ...writing(3),
      ],
    },
    breaks: { events: [...writing(1), end(2), ...writing(3)] },
  },
  'INV-7': {
    keeps: {
      world: { accepted: { '<q@x>': { 'zoe@x': 1 } } },
      facts: { outgoing: [outgoing(3, 'accepted')] },
    },
    breaks: {
      world: { accepted: { '<q@x>': { 'zoe@x': 2 } } },
      facts: { outgoing: [outgoing(3, 'accepted')] },
    },
  },
  'INV-8': {
    keeps: {
      world: { queued: [{ id: 'q', to: ['zoe@x'] }] },
      facts: { outgoing: [outgoing(3, 'accepted')] },
    },
    breaks: {
      world: { queued: [{ id: 'q', to: ['zoe@x'] }] },
      facts: { outgoing: [outgoing(6, 'pending')] },
    },
  },
  'INV-9': {
    keeps: {
      world: { queued: [{ id: 'q', to: ['zoe@x'] }], accepted: { '<q@x>': { 'zoe@x': 1 } } },
      facts: { outgoing: [outgoing(3, 'accepted')] },
    },
    breaks: {
      world: { queued: [{ id: 'q', to: ['zoe@x'] }] },
      facts: { outgoing: [outgoing(3, 'accepted')] },
    },
  },
  'INV-10': {
    keeps: {
      facts: {
        ...received('a'),
        ledgers: new Map([
          [
            'ann',
            new Map([['1', { itemId: '1', state: 'stored', strikes: 0, deletePending: false } as const]]),
          ],
        ]),
      },
    },
    breaks: {
      facts: {
        ledgers: new Map([
          [
            'ann',
            new Map([['1', { itemId: '1', state: 'skipped', strikes: 0, deletePending: false } as const]]),
          ],
        ]),
      },
    },
  },
  'INV-12': {
    keeps: { events: [start(0), end(minute)] },
    breaks: { events: [start(0), end(30 * minute)] },
  },
  'INV-13': {
    keeps: {
      world: poisoned(),
      facts: {
        quarantine: [{ mailboxId: 'ann', itemId: '1', strikes: 5, reason: '', quarantinedOn: 0 }],
        alerts: [alertOf('item-quarantined')],
      },
    },
    breaks: { world: poisoned() },
  },
  'INV-14': {
    keeps: { events: [start(0, 1), end(1), start(2, 2)] },
    breaks: { events: [start(0, 1), start(2, 2)] },
  },
  'INV-15': {
    keeps: { events: [end(0), start(5 * minute)] },
    breaks: { events: [end(0), start(5 * minute - 1)] },
  },
  'INV-16': { keeps: { world: { peakOpen: 2 } }, breaks: { world: { peakOpen: 3 } } },
  'INV-17': {
    keeps: { events: [[0, throttled], end(0, { wait: 'throttled' }), command(50_000, 'USER')] },
    breaks: { events: [[0, throttled], end(0, { wait: 'throttled' }), command(40_000, 'USER')] },
  },
  'INV-18': {
    keeps: {
      events: [
        end(0, { wait: 'throttled', nextMs: minute }),
        end(minute, { wait: 'throttled', nextMs: 3 * minute }),
        // In between the server gave what it was asked for, but for one message.
        end(3 * minute, { outcome: 'partial', failed: 1, wait: 'window', nextMs: 8 * minute }),
        end(8 * minute, { wait: 'throttled', nextMs: 9 * minute }),
      ],
    },
    breaks: {
      events: [
        end(0, { wait: 'throttled', nextMs: 4 * minute }),
        end(4 * minute, { wait: 'throttled', nextMs: 5 * minute }),
      ],
    },
  },
  'INV-19': {
    keeps: {
      events: [
        end(0, { nextMs: minute }),
        start(2 * minute),
        // What is switched off waits for nobody.
        end(2 * minute, { wait: 'disabled', nextMs: 7 * minute }),
        ...bobRuns(8, 9, 10),
        start(11 * minute),
      ],
    },
    breaks: { events: [end(0, { nextMs: minute }), ...bobRuns(2, 3, 4), start(5 * minute)] },
  },
  'INV-20': {
    keeps: { events: [[0, throttled]] },
    breaks: { facts: { states: [stateOf('incoming', false), stateOf('outgoing', true)] } },
  },
  'INV-21': {
    keeps: {
      facts: {
        states: [stateOf('incoming', false), stateOf('outgoing', true)],
        alerts: [alertOf('mailbox-disabled')],
      },
    },
    breaks: { facts: { states: [stateOf('incoming', false), stateOf('outgoing', true)] } },
  },
  'INV-22': {
    keeps: {
      world: { ever: [message(sha256('hello'))], raw: { 0: 'hello' } },
      facts: received(sha256('hello')),
    },
    breaks: {
      world: { ever: [message(sha256('hello'))], raw: { 0: 'hell' } },
      facts: received(sha256('hello')),
    },
  },
  'INV-25': {
    keeps: {
      world: sharing({ seen: 'owner', flagged: 'application' }, ['\\Seen', '\\Flagged']),
      facts: recordOf({ seen: true, flagged: true }),
    },
    breaks: {
      world: sharing({ seen: 'owner', flagged: 'application' }, ['\\Seen']),
      facts: recordOf({ seen: true }),
    },
  },
  'INV-26': {
    keeps: {
      facts: { outgoing: [outgoing(3, 'accepted', '<1@x>', 'a'), outgoing(3, 'accepted', '<2@x>', 'b')] },
    },
    breaks: {
      facts: { outgoing: [outgoing(3, 'accepted', '<1@x>', 'a'), outgoing(3, 'accepted', '<1@x>', 'b')] },
    },
  },
  'INV-28': {
    keeps: {
      world: { queued: [{ id: 'q', to: ['zoe@x'] }], accepted: { '<q@x>': { 'zoe@x': 1 } } },
      facts: { outgoing: [outgoing(3, 'accepted')] },
    },
    breaks: {
      world: { queued: [{ id: 'q', to: ['zoe@x'] }], accepted: { '<q@x>': { 'yan@x': 1 } } },
      facts: { outgoing: [outgoing(3, 'accepted')] },
    },
  },
  'INV-29': {
    keeps: { events: [command(0, 'PASS', '***')] },
    breaks: { events: [command(0, 'PASS', 's3cr3t+ann-0')] },
  },
  'INV-31': {
    keeps: { events: [command(0, 'RETR')] },
    breaks: { world: { mailbox: { incoming: false } }, events: [command(0, 'RETR')] },
  },
  'INV-32': {
    keeps: { events: [end(0, { items: 500 })] },
    breaks: { events: [end(0, { items: 501 })] },
  },
  'INV-33': {
    keeps: { world: sentOverImap(1), facts: { outgoing: [outgoing(3, 'accepted')] } },
    breaks: { world: sentOverImap(2), facts: { outgoing: [outgoing(3, 'accepted')] } },
  },
};

// Policy: what refuses a copy in Sent says nothing of incoming mail, and the copy waits by itself all the same.
describe('INV-17 and copies in Sent', () => {
  const world: World = { mailbox: { access: 'imap-smtp' } };
  const imap = (atMs: number, verb: string): TimedEvent => {
    const [, event] = command(atMs, verb);
    return [atMs, { ...event, protocol: 'imap' } as TraceEvent]; // a command, as it was
  };
  const outgoingOf = ([atMs, event]: TimedEvent): TimedEvent => [
    atMs,
    { ...event, workload: 'outgoing' } as TraceEvent, // a cycle's, as it was
  ];
  const refused: TimedEvent[] = [
    outgoingOf(start(0)),
    imap(0, 'APPEND'),
    [0, { ...throttled, protocol: 'imap' }],
    outgoingOf(end(0)),
  ];
  const violationsOf = async (...events: TimedEvent[]) =>
    (await judge('INV-17', { world, events: [...refused, ...events] })).violations;

  it('lets incoming come as it would', async () => {
    const cycle = [start(1_000), imap(1_000, 'STATUS'), end(2_000)] as const;
    expect(await violationsOf(...cycle, start(3_000), imap(3_000, 'STATUS'))).toEqual([]);
  });

  it('wants the next copy to wait', async () => {
    expect(await violationsOf(outgoingOf(start(1_000)), imap(1_000, 'APPEND'))).toHaveLength(1);
    expect(await violationsOf(outgoingOf(start(minute)), imap(minute, 'APPEND'))).toEqual([]);
  });
});

// Policy: where the engine listens, what happened in a mailbox since it last looked may bring incoming mail forward.
describe('INV-15 and what servers tell', () => {
  const heard = (hints: boolean): World => ({
    scenario: {
      providers: [
        { domain: 'alpha.test', profile: 'p', access: 'imap-smtp', maxConcurrentConnections: 2, hints },
      ],
    },
  });
  const news: TimedEvent = [
    minute,
    { kind: 'delivered', mailbox: 'ann@alpha.test', message: 'm', folder: 'INBOX', sizeBytes: 1 },
  ];
  const violationsOf = async (hints: boolean, ...events: TimedEvent[]) =>
    (await judge('INV-15', { world: heard(hints), events })).violations;
  const [cycle, next] = [[start(0), end(1_000)] as const, start(minute + 2_000)];

  it('lets a cycle begin because of it, and only there', async () => {
    expect(await violationsOf(true, ...cycle, news, next)).toEqual([]);
    expect(await violationsOf(false, ...cycle, news, next)).toHaveLength(1);
  });

  it('lets none begin because of nothing, nor of what was there before', async () => {
    expect(await violationsOf(true, ...cycle, next)).toHaveLength(1);
    const again = [end(minute + 3_000), start(minute + 9_000)] as const;
    expect(await violationsOf(true, ...cycle, news, next, ...again)).toHaveLength(1);
  });
});

// Policy: only cycles that reached for the server count, and ten of them in a row may disable; nine may not.
describe('INV-20 and cycles in a row', () => {
  const disabled = { states: [stateOf('incoming', true), stateOf('outgoing', false)] };
  const cycle = (n: number, outcome: string, wait: string, items = 0): TimedEvent => [
    n * minute,
    {
      kind: 'cycle-end',
      mailbox: 'ann',
      workload: 'outgoing',
      fence: n,
      outcome,
      items,
      failed: 0,
      nextRunAtMs: (n + 1) * minute,
      wait,
    },
  ];
  const failures = (count: number): TimedEvent[] =>
    Array.from({ length: count }, (_, n) => cycle(n + 3, 'failure', n === 8 ? 'disabled' : 'transient'));
  const violationsOf = async (events: TimedEvent[]) =>
    (await judge('INV-20', { events: [[0, throttled], ...events], facts: disabled })).violations;

  it('counts a marred cycle as one, and passes over those that had nothing to send', async () => {
    const marred = [cycle(1, 'partial', 'transient', 1), cycle(2, 'success', 'window')];
    expect(await violationsOf([...marred, ...failures(9)])).toEqual([]);
    expect(await violationsOf([...marred, ...failures(8)])).toHaveLength(1);
  });

  it('begins anew after a cycle that sent something', async () => {
    const sent = cycle(2, 'success', 'window', 1);
    expect(await violationsOf([cycle(1, 'partial', 'transient', 1), sent, ...failures(9)])).toHaveLength(1);
  });
});

// Policy: what nobody can tell apart is asked for once, and what is distinct is asked for by itself, all the same.
describe('INV-13 where fetched mail is hidden', () => {
  const hidden = { hiddenOnceFetched: true };
  const twins = [message('bad one', hidden), message('bad one', { ...hidden, id: 'its copy' })];
  const held = (count: number): Partial<EngineFacts> => ({
    quarantine: Array.from({ length: count }, (_, n) => ({
      mailboxId: 'ann',
      itemId: `${n}`,
      strikes: 5,
      reason: '',
      quarantinedOn: 0,
    })),
    alerts: [alertOf('item-quarantined')],
  });

  it('takes one for two of the same bytes', async () => {
    const world = { ...poisoned(), ever: twins };
    expect((await judge('INV-13', { world, facts: held(1) })).violations).toEqual([]);
    expect((await judge('INV-13', { world, facts: held(0) })).violations).toHaveLength(1);
  });

  it('wants each of two that differ, and each of two alike where nothing is hidden', async () => {
    const other = { ...poisoned(), ever: [...twins, message('bad other', hidden)] };
    expect((await judge('INV-13', { world: other, facts: held(1) })).violations).toHaveLength(1);
    expect((await judge('INV-13', { world: other, facts: held(2) })).violations).toEqual([]);
    const plain = { ...poisoned(), ever: [message('bad one'), message('bad one', { id: 'its copy' })] };
    expect((await judge('INV-13', { world: plain, facts: held(1) })).violations).toHaveLength(1);
  });
});

// Policy: a copy that is not there needs somebody who was told; what nobody got is never there.
describe('INV-33 and what is not in Sent', () => {
  const none = sentOverImap(0);
  const rows = [outgoing(3, 'accepted')];
  const told = {
    ...alertOf('sent-copy-missing'),
    text: 'Email q (Message-ID <q@x>) was sent, but its copy is not in the Sent folder',
  };

  it('takes an alert for it, and nothing else', async () => {
    expect((await judge('INV-33', { world: none, facts: { outgoing: rows } })).violations).toHaveLength(1);
    const facts = { outgoing: rows, alerts: [told] };
    expect((await judge('INV-33', { world: none, facts })).violations).toEqual([]);
  });

  it('has a copy of what nobody got for wrong, and wants none of what is uncertain', async () => {
    const { accepted: _, ...nobody } = sentOverImap(1);
    const uncertain = { outgoing: [outgoing(100, 'uncertain')] };
    expect((await judge('INV-33', { world: nobody, facts: uncertain })).violations).toHaveLength(1);
    expect((await judge('INV-33', { world: none, facts: uncertain })).violations).toEqual([]);
  });
});

function sentOverImap(copies: number): World {
  return {
    mailbox: { access: 'imap-smtp' },
    queued: [{ id: 'q', to: ['zoe@x'] }],
    accepted: { '<q@x>': { 'zoe@x': 1 } },
    inSent: { '<q@x>': copies },
  };
}

function poisoned(): World {
  return {
    ever: [message('bad one')],
    scenario: {
      plugIns: [{ name: 'picky', mode: 'synchronous', takesMs: 0, refusesSubject: 'bad' }],
    },
  };
}

/** A message whose flags are shared, who set each of them, and what the mailbox says. */
function sharing(set: Partial<Record<FlagChange['flag'], FlagChange['by']>>, flags: string[]): World {
  const changes = (['seen', 'flagged', 'answered'] as const).flatMap((flag): FlagChange[] => {
    const by = set[flag];
    if (by === undefined) return [];
    return [{ mailbox: 'ann', subject: 'a', flag, value: true, by, fromMs: 1, untilMs: 1 }];
  });
  return {
    ever: [message('a')],
    mailbox: { synchronizeFlags: true },
    flags: { a: flags },
    flagChanges: changes,
  };
}

function recordOf(flags: Partial<StoredEmail['flags']>): Partial<EngineFacts> {
  const [email] = received('a').received?.get('ann') ?? [];
  if (email === undefined) throw new RangeError('there is no record');
  return { received: new Map([['ann', [{ ...email, flags: { ...email.flags, ...flags } }]]]) };
}

function alertOf(code: string): EngineFacts['alerts'][number] {
  return {
    id: 1,
    scope: 'mailbox',
    mailboxId: 'ann',
    emailServerProfileId: undefined,
    workload: 'incoming',
    severity: 'error',
    code,
    text: 'something',
    firstRaisedOn: 0,
    lastRaisedOn: 0,
    count: 1,
    clearedOn: undefined,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function judge(id: string, { world = {}, events = [], facts = {} }: Case) {
  const invariant = invariants.find((one) => one.id === id);
  if (invariant === undefined) throw new RangeError(`no invariant ${id}`);
  const check = invariant.create(viewOf(world));
  events.forEach(([atMs, event], n) => {
    const traced: Traced = { ...event, atMs, n };
    check.onEvent?.(traced);
  });
  const violations = await check.atEnd({ ...noFacts, ...facts });
  return { violations, exercised: check.exercised() };
}

// Policy: an invariant is red when its statement is broken, green when it is kept, names itself in what it finds, and
// says that it was exercised.
describe.each(invariants.map((invariant) => [invariant.id, invariant.name]))('%s %s', (id) => {
  it('is green when it is kept, and exercised', async () => {
    const { violations, exercised } = await judge(id, cases[id]!.keeps);
    expect(violations).toEqual([]);
    expect(exercised).toBeGreaterThan(0);
  });

  it('is red when it is broken', async () => {
    const { violations } = await judge(id, cases[id]!.breaks);
    expect(violations.map((violation) => violation.invariant)).toContain(id);
  });

  it('was not exercised when nothing happened', async () => {
    expect((await judge(id, { facts: { states: [] } })).exercised).toBe(0);
  });
});
