import type { Scenario } from '../scenario.ts';
import { hour, minute, scenarioOf } from './base.ts';

type Input = Omit<Parameters<typeof scenarioOf>[0], 'suite' | 'profile' | 'mutant' | 'mailboxIds'> & {
  profile?: string;
  mailboxIds?: readonly string[];
};

type Rule = NonNullable<Input['rules']>[number];
type Phase = NonNullable<Rule['where']['phase']>;

const mail = { do: 'deliver' as const, id: 'd', atMs: 0, mailbox: 'ann', count: 3 };
const post = {
  do: 'queue-email' as const,
  id: 'q',
  atMs: 0,
  mailbox: 'ann',
  to: ['zoe@outside.test'],
  count: 2,
};

const graph = 'exchange-online:graph';
const dovecot = 'dovecot-postfix:imap-smtp';
const dragged = { mailbox: 'ann', of: 'd' } as const;

const shared = {
  profile: 'dovecot-postfix:imap-smtp',
  mailbox: { synchronizeFlags: true },
} as const;
const flagged = { do: 'flag-message', mailbox: 'ann', of: 'd', flag: 'seen' } as const;

const vanishing: Rule = {
  id: 'vanishing',
  where: { protocol: 'pop3', phase: 'command', command: 'UIDL' },
  when: { hits: 1 },
  what: { kind: 'half-open' },
};

/** What brings each mutant to light, as small as it can be. */
const scenarios: Readonly<Record<string, Input>> = {
  'drop-message': { operations: [mail] },
  'lose-a-byte': { operations: [mail] },
  'forget-ledger': { operations: [mail], quietMs: 20 * minute },
  'ledger-before-items': {
    settings: { incomingCommitEvery: 1 },
    operations: [
      { ...mail, count: 10 },
      // Between the two commits of a page that ought to be one.
      { do: 'kill-at-commit', id: 'k', nth: 12, when: 'after' },
    ],
  },
  'resend-unknown': {
    operations: [post],
    rules: [
      {
        id: 'dot-lost',
        where: { protocol: 'smtp', phase: 'committed', command: 'DATA' },
        when: { hits: 1 },
        what: { kind: 'commit-then-drop', end: 'reset' },
      },
    ],
    faultsUntilMs: 10 * minute,
  },
  'retry-whole-envelope': {
    operations: [{ ...post, to: ['zoe@outside.test', 'yan@outside.test'], count: 1 }],
    rules: [greylist('450 4.2.0 Greylisted, try again later')],
    faultsUntilMs: 10 * minute,
  },
  'forget-refused-recipient': {
    operations: [{ ...post, to: ['zoe@outside.test', 'yan@outside.test'], count: 1 }],
    rules: [greylist('550 5.1.1 No such user here')],
    faultsUntilMs: 10 * minute,
  },
  'window-from-start': { operations: [mail], latencyMs: 500, quietMs: 20 * minute },
  'ignore-told-wait': {
    profile: 'gmail-workspace',
    limits: { 'gmail.smtp.messagesPerDay': { limit: 1, periodMs: hour } },
    operations: [{ ...post, count: 3 }],
    settings: { maximumDeliveryAttempts: 200 },
    settleMs: 12 * hour,
  },
  'one-over-the-cap': {
    mailboxIds: ['ann', 'bob', 'cid', 'dan'],
    maxConcurrentConnections: 2,
    latencyMs: 500,
    operations: [mail],
  },
  'forget-lingering': {
    maxConcurrentConnections: 1,
    operations: [mail],
    rules: [vanishing],
    faultsUntilMs: 20 * minute,
  },
  'forget-lost-connections': {
    maxConcurrentConnections: 1,
    // Before the engine has noticed that the server hears nothing of it any more.
    operations: [mail, { do: 'kill-engine', id: 'k', atMs: minute, downMs: 5_000 }],
    rules: [vanishing],
    faultsUntilMs: 20 * minute,
  },
  'disable-on-transient': {
    operations: [mail],
    rules: [
      {
        id: 'refused',
        where: { protocol: 'pop3', phase: 'connect' },
        when: { hits: 1 },
        what: { kind: 'refuse' },
      },
    ],
    faultsUntilMs: 10 * minute,
  },
  'forget-cursor': { profile: graph, operations: [mail], quietMs: 20 * minute },
  'track-what-came-back': {
    profile: graph,
    operations: [
      mail,
      { ...dragged, do: 'categorize', id: 'let-go', atMs: 6 * minute, tracked: false },
      { ...dragged, do: 'move-message', id: 'away', atMs: 12 * minute, folder: 'INBOX/Elsewhere' },
      { ...dragged, do: 'move-message', id: 'back', atMs: 18 * minute, folder: 'INBOX' },
    ],
  },
  'never-let-go': {
    profile: 'dovecot-postfix:imap-smtp',
    operations: [
      mail,
      { do: 'make-folder', id: 'cases', atMs: 0, mailbox: 'ann', folder: 'Cases' },
      { do: 'track-folder', id: 'track', atMs: minute, mailbox: 'ann', folder: 'Cases' },
      { ...dragged, do: 'move-message', id: 'in', atMs: 6 * minute, folder: 'Cases' },
      { ...dragged, do: 'move-message', id: 'out', atMs: 18 * minute, folder: 'INBOX' },
    ],
  },
  'resend-without-looking': {
    profile: graph,
    operations: [post],
    rules: [
      {
        id: 'answer-lost',
        where: { protocol: 'graph', phase: 'committed', command: 'POST /messages/{id}/send' },
        when: { hits: 1 },
        what: { kind: 'commit-then-drop', end: 'reset' },
      },
    ],
    faultsUntilMs: 10 * minute,
  },
  'revoked-is-dead': {
    profile: graph,
    operations: [mail, { do: 'revoke-tokens', id: 'revoke', atMs: 7 * minute, mailbox: 'ann' }],
  },
  'forget-agreed-flags': {
    ...shared,
    operations: [mail, { ...flagged, id: 'f', atMs: 7 * minute, by: 'application' }],
  },
  'forget-offered-flags': {
    ...shared,
    operations: [
      mail,
      { ...flagged, id: 'f', atMs: 7 * minute, by: 'application' },
      { ...flagged, id: 'u', atMs: 10.5 * minute, by: 'application', set: false },
    ],
    rules: [
      {
        id: 'death',
        where: { protocol: 'imap', phase: 'committed', command: 'UID STORE' },
        when: { hits: 1 },
        what: { kind: 'kill' },
      },
    ],
    // The engine is down when the second change is asked for.
    settings: { incomingWindowMs: 10 * minute },
    faultsUntilMs: 20 * minute,
  },
  // As many messages and as high a UID as before, and not the same ones.
  'forget-uidvalidity': {
    profile: 'exchange-online:imap-smtp',
    operations: [
      mail,
      { do: 'remove-from-server', id: 'gone', atMs: 11 * minute, mailbox: 'ann' },
      { do: 'reissue-ids', id: 'anew', atMs: 11 * minute + 1, mailbox: 'ann' },
      { ...mail, id: 'e', atMs: 11 * minute + 2, count: 1 },
    ],
  },
  // The connection ends between one batch and the next.
  'trust-uidnext': {
    profile: dovecot,
    operations: [{ ...mail, count: 60 }],
    rules: [imapRule('cut', 'UID FETCH', { phase: 'command', when: { hits: 4 }, what: { kind: 'reset' } })],
    faultsUntilMs: 10 * minute,
  },
  'skip-left-out': {
    profile: dovecot,
    operations: [mail],
    rules: [
      imapRule('left-out', 'UID FETCH', {
        phase: 'reply',
        when: { hits: 3 },
        what: { kind: 'flip', field: 'UID', how: 'missing' },
      }),
    ],
    faultsUntilMs: 10 * minute,
  },
  'second-imap-connection': { profile: dovecot, maxConcurrentConnections: 1, operations: [mail] },
  'connection-for-each-cycle': { profile: dovecot, operations: [mail], quietMs: hour },
  deaf: { profile: dovecot, hints: true, operations: [{ ...mail, atMs: 6 * minute }] },
  'forget-kept-connections': {
    profile: dovecot,
    hints: true,
    maxConcurrentConnections: 1,
    operations: [mail, { do: 'kill-engine', id: 'k', atMs: minute, downMs: 5_000 }],
    rules: [imapRule('silent', 'IDLE', { phase: 'command', when: { hits: 1 }, what: { kind: 'half-open' } })],
    faultsUntilMs: 10 * minute,
  },
  'file-copy-twice': { profile: dovecot, operations: [post] },
  'file-copy-without-looking': {
    profile: dovecot,
    operations: [post],
    rules: [
      imapRule('append-lost', 'APPEND', {
        phase: 'committed',
        when: { hits: 1 },
        what: { kind: 'commit-then-drop', end: 'reset' },
      }),
    ],
    faultsUntilMs: 10 * minute,
  },
  'one-queue-for-all': {
    mailboxIds: ['ann', 'bob', 'ill'],
    settings: { incomingWindowMs: minute },
    operations: [mail, { ...mail, id: 'e', mailbox: 'bob' }],
    rules: [
      {
        id: 'hanging',
        where: { protocol: 'pop3', phase: 'command', command: 'UIDL', mailbox: 'ill@alpha.test' },
        when: { hits: 1 },
        what: { kind: 'hang' },
      },
    ],
    faultsUntilMs: 10 * minute,
  },
  'silent-disable': {
    operations: [mail, { do: 'change-password', id: 'p', atMs: 7 * minute, mailbox: 'ann' }],
  },
};

function imapRule(id: string, command: string, rule: Pick<Rule, 'when' | 'what'> & { phase: Phase }): Rule {
  const { phase, when, what } = rule;
  return { id, where: { protocol: 'imap', phase, command }, when, what };
}

function greylist(text: string): Rule {
  return {
    id: 'second-recipient',
    where: { protocol: 'smtp', phase: 'command', command: 'RCPT' },
    when: { hits: 2 },
    what: { kind: 'reply', text },
  };
}

/** The scenario for one mutant. */
export function canaryScenario(mutant: string): Scenario {
  const input = scenarios[mutant];
  if (input === undefined) throw new RangeError(`no scenario brings the mutant "${mutant}" to light`);
  return scenarioOf({
    profile: 'dovecot-postfix',
    mailboxIds: ['ann'],
    settleMs: 6 * hour,
    ...input,
    suite: 'canary',
    mutant,
  });
}
