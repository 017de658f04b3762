import { afterEach, expect, it } from 'vitest';
import { loadProfile } from '../profiles/index.ts';
import { World } from './world.ts';

// Policy: in a world a provider's servers go by the names under which the world knows them, wherever the profile's
// texts say who is speaking.

let world: World | undefined;
afterEach(() => void world?.end());

it.each([
  ['pop3.alpha.test', 995, '+OK Hello from pop3.alpha.test\r\n'],
  ['smtp.alpha.test', 465, '220 smtp.alpha.test ESMTP ready\r\n'],
])('%s says its own name', async (host, port, greeting) => {
  world = new World({
    seed: 1,
    providers: [{ profile: loadProfile('yahoo'), domain: 'alpha.test', mailboxes: [] }],
  });
  const { network } = world;
  const said = await world.run(async () => {
    const stream = await network.connect({ host, port, tls: true });
    return new Promise<string>((resolve) => stream.on('data', (chunk) => resolve(chunk.toString())));
  });
  expect(said).toBe(greeting);
});
