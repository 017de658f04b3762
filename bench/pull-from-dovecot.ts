import type { Benchmark } from './figure.ts';
import { median } from './figure.ts';
import { foreignPulls } from './foreign-pulls.ts';
import { pullsBesideEngine, shownPulls } from './pulls-beside-engine.ts';
import { messagesOf2Kb, missingPrograms, withDovecot } from './warm-dovecot.ts';

const count = 10_000;
const what = `pull of ${count} × 2 KB from Dovecot: engine into SQLite against clients into Maildir`;
const asked = 'faster than the fastest';

/**
 * Each at its own default durability, on the disk that holds temporary files: mpop syncs every message, the engine
 * every commit. Where that place is in memory nothing is synced, and only the work on the messages is compared.
 */
export const benchmark: Benchmark = {
  name: 'pull-from-dovecot',
  async measure() {
    const clients = [foreignPulls.mpop, foreignPulls.getmail6, foreignPulls.fetchmail];
    const missing = missingPrograms('dovecot', 'openssl', ...clients.map(({ program }) => program));
    if (missing.length > 0)
      return [{ what, asked, measured: `missing here: ${missing.join(', ')}`, reached: undefined }];
    return withDovecot(messagesOf2Kb(count), async ({ pop3 }, directory) => {
      const server = { protocol: 'pop3', port: pop3, count } as const;
      const { engineSeconds, theirs } = await pullsBesideEngine(server, clients, directory);
      return [
        {
          what,
          asked,
          measured: `${engineSeconds.toFixed(1)} s; ${shownPulls(theirs)}`,
          // One that was ended before it had all would have needed longer still.
          reached: theirs.every(({ seconds }) => engineSeconds < median(seconds)),
        },
      ];
    });
  },
};
