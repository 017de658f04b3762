/**
 * Policy: what the network in memory shows is not of its own making. The same small world over real TCP on loopback,
 * under the same virtual clock, comes to the same mail on both sides, through faults and a death of the engine too.
 */
import { expect, it } from 'vitest';
import type { Rule } from '../../simulators/index.ts';
import { runSmallWorld, type SmallWorldEnd, type SmallWorldOptions } from './engine-world.ts';

async function overBoth(options: Omit<SmallWorldOptions, 'transport'>) {
  const memory = await runSmallWorld({ ...options, transport: 'memory', latencyMs: 0 });
  const loopback = await runSmallWorld({ ...options, transport: 'loopback' });
  return { memory: mailOf(memory), loopback: mailOf(loopback) };
}

/** The mail on both sides and what was said. Hashes are compared within a world: the engine dates what it sends. */
function mailOf(end: SmallWorldEnd) {
  expect(end.stored).toEqual(end.delivered);
  const { received, statuses, submitted, dialogues } = end;
  return { received, statuses, submitted, dialogues };
}

it.each(['tls', 'starttls'] as const)('the same mail over memory and over TCP, with %s', async (security) => {
  const { memory, loopback } = await overBoth({ security });
  expect(memory.received.ann).toHaveLength(4);
  expect(loopback).toEqual(memory);
});

const faults: Readonly<Record<string, Rule>> = {
  'a connection is refused': {
    id: 'refused',
    where: { protocol: 'pop3', phase: 'connect' },
    when: { hits: 1 },
    what: { kind: 'refuse' },
  },
  'a connection is never answered': {
    id: 'swallowed',
    where: { protocol: 'smtp', phase: 'connect' },
    when: { hits: 1 },
    what: { kind: 'hang' },
  },
  'a message breaks off': {
    id: 'cut',
    where: { protocol: 'pop3', phase: 'body', command: 'RETR' },
    when: { hits: 2 },
    what: { kind: 'cut', afterShare: 0.5 },
  },
  'a command is never answered': {
    id: 'silent',
    where: { protocol: 'pop3', phase: 'command', command: 'UIDL' },
    when: { hits: 1 },
    what: { kind: 'hang' },
  },
  'the server vanishes': {
    id: 'gone',
    where: { protocol: 'pop3', phase: 'reply', command: 'UIDL' },
    when: { hits: 1 },
    what: { kind: 'half-open' },
  },
  'a reply is late': {
    id: 'late',
    where: { protocol: 'smtp', phase: 'reply', command: 'RCPT' },
    what: { kind: 'delay', delayMs: 7_000 },
  },
  'an acceptance is lost': {
    id: 'lost',
    where: { protocol: 'smtp', phase: 'committed', command: 'DATA' },
    when: { hits: 1 },
    what: { kind: 'commit-then-drop' },
  },
  'the server closes at sign-in': {
    id: 'closed',
    where: { protocol: 'smtp', phase: 'command', command: 'AUTH' },
    when: { hits: 1 },
    what: { kind: 'close' },
  },
};

it.each(Object.entries(faults))('the same mail when %s', async (_name, rule) => {
  for (const security of ['tls', 'starttls'] as const) {
    const { memory, loopback } = await overBoth({ security, rules: [rule] });
    expect(memory.received.ann).toHaveLength(4);
    expect(loopback).toEqual(memory);
  }
});

it.each([
  ['pop3', 'RETR'],
  ['smtp', 'MAIL'],
] as const)('the same mail when the engine dies in the middle of %s %s', async (protocol, command) => {
  const slow: Rule = {
    id: 'slow',
    where: { protocol, phase: 'reply', command },
    when: { hits: 1 },
    what: { kind: 'delay', delayMs: 5_000 },
  };
  for (const security of ['tls', 'starttls'] as const) {
    const { memory, loopback } = await overBoth({ security, rules: [slow], diesAtMs: 3_000 });
    expect(memory.received.ann).toHaveLength(4);
    expect(loopback).toEqual(memory);
  }
});
