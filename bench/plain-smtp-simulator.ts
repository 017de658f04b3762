import { createRealClock } from '../simulators/clock/real-clock.ts';
import { loadProfile } from '../simulators/profiles/index.ts';
import { serve } from '../simulators/serve/serve.ts';

/** The simulated Postfix, taking passwords without TLS as the bare server does. Prints its port. */
const profile = loadProfile('dovecot-postfix');
if (profile.smtp === undefined) throw new Error(`The profile ${profile.name} has no SMTP to measure.`);
const serving = await serve({
  profile: { ...profile, smtp: { ...profile.smtp, authNeedsTls: false } },
  domain: 'mail.test',
  mailboxes: [
    { address: 'user1@mail.test', password: 'secret1' },
    { address: 'user2@mail.test', password: 'secret2' },
  ],
  clock: createRealClock(),
  trace: { emit: () => {}, subscribe: () => () => {} },
  seed: 1,
});
process.stdout.write(`${JSON.stringify({ port: serving.endpoints.smtp.port })}\n`);
process.once('SIGTERM', () => void serving.close().then(() => process.exit(0)));
