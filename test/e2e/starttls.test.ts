/**
 * Policy: a provider profile with security `starttls` needs nothing special of a world. POP3 upgrades by STLS and SMTP
 * by STARTTLS, the latter with real TLS on both ends; still one seed gives one trace, and nothing reaches for what the
 * world does not own.
 */
import { expect, it } from 'vitest';
import { virtualClock } from '../../simulators/index.ts';
import { runSmallWorld } from './engine-world.ts';

it('an engine pulls and sends through STLS and STARTTLS, in the same way each time', async () => {
  const first = await runSmallWorld({ security: 'starttls' });
  expect(first.stored).toEqual(first.delivered);
  expect(first.received).toEqual({
    ann: ['first', 'reply', 'second', 'third'],
    bob: ['first', 'hello', 'second'],
  });
  expect(first.submitted).toEqual([
    'bob@alpha.test delivered, zoe@beta.test outside',
    'ann@alpha.test delivered',
  ]);
  expect(first.dialogues.filter((said) => !said.includes('STLS') && !said.includes('STARTTLS'))).toEqual([]);
  expect(first.dialogues.filter((said) => said.startsWith('smtp'))).toHaveLength(2);
  expect(first.leaks).toEqual([]);

  // Time that passed in other worlds of this process must make no difference.
  virtualClock.setTimeout(() => {}, 12_345);
  await virtualClock.drive(() => virtualClock.pendingTimers === 0);
  const second = await runSmallWorld({ security: 'starttls' });
  expect(second.digest).toBe(first.digest);
  expect((await runSmallWorld({ security: 'tls' })).digest).not.toBe(first.digest);
});
