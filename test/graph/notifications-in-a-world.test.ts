/**
 * Policy: an application in a world subscribes with the SDK and is told of what happens, in virtual time; the same seed
 * tells the same, and rules can take a notification away.
 */
import { expect, test } from 'vitest';
import { sleep } from '../../simulators/clock/clock.ts';
import type { Rule } from '../../simulators/rules/rule.ts';
import { openSdkWorld, user } from './sdk-world.ts';

async function told(rules: Rule[] = []): Promise<{ notes: readonly string[]; digest: string }> {
  const open = openSdkWorld(rules);
  const { world, provider, deliver } = open;
  const notes: string[] = [];
  const service = provider.graph?.service;
  if (service === undefined) throw new Error('Exchange Online has Graph.');
  service.deliverTo = async (request) => {
    const token = new URL(request.url).searchParams.get('validationToken');
    if (token !== null) return new Response(token);
    notes.push(`${world.clock.now()} ${await request.text()}`);
    return new Response(null, { status: 202 });
  };
  await open.run(async (client) => {
    const made = await client.api('/subscriptions').post({
      changeType: 'created',
      notificationUrl: 'https://crm.test/hook',
      resource: `${user}/mailFolders('inbox')/messages`,
      expirationDateTime: new Date(world.clock.now() + 7_200_000).toISOString(),
      clientState: 'known to both',
    });
    expect(made.id).toMatch(/^[0-9a-f-]{36}$/);
    deliver(2);
    await sleep(world.clock, 60_000);
    deliver(1);
    await sleep(world.clock, 60_000);
  });
  const end = world.end();
  expect(end.leaks).toEqual([]);
  return { notes, digest: end.digest };
}

test('what happens is told, and told the same again', async () => {
  const first = await told();
  expect(first.notes.map((note) => note.match(/"changeType":"created"/g)?.length)).toEqual([2, 1]);
  expect(first.notes.every((note) => note.includes('"clientState":"known to both"'))).toBe(true);
  expect(await told()).toEqual(first);
});

test('a rule loses the first', async () => {
  const { notes } = await told([
    {
      id: 'lost',
      where: { protocol: 'graph', command: 'NOTIFY' },
      when: { hits: { from: 1, to: 2 } },
      what: { kind: 'reset' },
    },
  ]);
  expect(notes).toHaveLength(1);
});
