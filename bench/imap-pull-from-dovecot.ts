import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clientsFiles } from './clients-files.ts';
import { type Benchmark, type Figure, median } from './figure.ts';
import { foreignImapPulls } from './foreign-imap-pulls.ts';
import { type PullsBesideEngine, pullsBesideEngine, shownPulls } from './pulls-beside-engine.ts';
import { messagesOf2Kb, missingPrograms, withDovecot } from './warm-dovecot.ts';

const count = 10_000;
const askedOfMbsync = 1.5;
const what = `first sync of ${count} × 2 KB from Dovecot by IMAP: engine into SQLite against mbsync into Maildir`;
const asked = `≤ ${askedOfMbsync}×`;
const rows = {
  onDisk: { what: `${what}, on a disk, each at its own default durability`, asked },
  inMemory: { what: `${what}, in memory, where nothing is synced`, asked },
  others: { what: 'the same against offlineimap3 and getmail6', asked: 'faster than both' },
} as const;

/**
 * mbsync syncs every message to a disk, the engine every commit: on a disk that is most of what is measured, in memory
 * it is the work on the messages alone.
 */
export const benchmark: Benchmark = {
  name: 'imap-pull-from-dovecot',
  async measure() {
    const { mbsync, offlineimap, getmail6 } = foreignImapPulls;
    const clients = [mbsync, offlineimap, getmail6];
    const missing = missingPrograms('dovecot', 'openssl', ...clients.map(({ program }) => program));
    if (missing.length > 0) {
      const measured = `missing here: ${missing.join(', ')}`;
      return Object.values(rows).map((row) => ({ ...row, measured, reached: undefined }));
    }
    const memory = mkdtempSync(join(clientsFiles, 'mcb-'));
    chmodSync(memory, 0o755); // getmail6 gives root up
    try {
      return await withDovecot(messagesOf2Kb(count), async ({ imap }, disk) => {
        const server = { protocol: 'imap', port: imap, count } as const;
        const onDisk = await pullsBesideEngine(server, [mbsync], disk);
        const inMemory = await pullsBesideEngine(server, clients, memory);
        const others = inMemory.theirs.slice(1);
        return [
          { ...rows.onDisk, ...againstMbsync(onDisk) },
          { ...rows.inMemory, ...againstMbsync(inMemory) },
          {
            ...rows.others,
            measured: shownPulls(others),
            // One that was ended before it had all would have needed longer still.
            reached: others.every(({ seconds }) => inMemory.engineSeconds < median(seconds)),
          },
        ];
      });
    } finally {
      rmSync(memory, { recursive: true });
    }
  },
};

function againstMbsync({ engineSeconds, theirs }: PullsBesideEngine): Pick<Figure, 'measured' | 'reached'> {
  const [mbsync] = theirs;
  if (mbsync === undefined) throw new Error('mbsync was measured.');
  const ratio = engineSeconds / median(mbsync.seconds);
  return {
    measured: `${ratio.toFixed(2)}× (${engineSeconds.toFixed(2)} s; ${shownPulls([mbsync])})`,
    reached: ratio <= askedOfMbsync,
  };
}
