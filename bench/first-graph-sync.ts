import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, wallNow } from './figure.ts';
import { type Bench, openExchangeBench, runFor } from './in-world.ts';

const messages = 100_000;
const cyclesPerStage = 20;
const perCycle = 500;
const windowMs = 300_000;

interface Stage {
  readonly stored: number;
  readonly microsecondsEach: number;
  /** What is still in use after a collection: heap and what lies beside it. */
  readonly mib: number;
}

/** The first sync of a folder of `messages`, stage by stage, into a store on the disk. */
async function stages(): Promise<Stage[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mailclock-bench-'));
  const bench = await openExchangeBench(1, { outgoing: false, storePath: join(folder, 'store.sqlite') });
  try {
    fill(bench);
    const seen: Stage[] = [];
    let stored = 0;
    const stop = bench.world.trace.subscribe((event) => {
      if (event.kind === 'cycle-end') stored += event.items;
    });
    while (stored < messages) {
      const before = stored;
      const start = wallNow();
      // A cycle takes its time, too: so long is enough for all of a stage but its last.
      await runFor(bench, cyclesPerStage * windowMs);
      const wallNs = wallNow() - start;
      if (stored === before) throw new Error(`The sync stands still at ${stored} messages.`);
      seen.push({ stored, microsecondsEach: wallNs / 1e3 / (stored - before), mib: inUseMib() });
    }
    stop();
    return seen;
  } finally {
    bench.world.end();
    await bench.store.close();
    rmSync(folder, { recursive: true });
  }
}

function fill({ world, mailboxes }: Bench): void {
  const [{ address = '', domain = '' } = {}] = mailboxes;
  const { mail } = world.provider(domain);
  const mailbox = mail.find(address);
  if (mailbox === undefined) throw new Error('The mailbox is there.');
  for (let n = 0; n < messages; n += 1) {
    const raw = `From: someone@elsewhere.test\r\nTo: ${address}\r\nSubject: message ${n}\r\nMessage-ID: <${n}@elsewhere.test>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\n\r\n${'all work and no play\r\n'.repeat(90)}`;
    mail.deliver(mailbox, { raw: Buffer.from(raw), envelopeFrom: 'someone@elsewhere.test' });
  }
}

function inUseMib(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

export const benchmark: Benchmark = {
  name: 'first-graph-sync',
  async measure() {
    const seen = await stages();
    // The first stage warms the code and fills what is kept once.
    const [, early, ...rest] = seen;
    const late = rest.at(-1);
    if (early === undefined || late === undefined) throw new Error('There are more stages than two.');
    const ratio = late.microsecondsEach / early.microsecondsEach;
    const bytesEach = ((late.mib - early.mib) * 1024 * 1024) / (late.stored - early.stored);
    return [
      {
        what: `first sync of ${messages} messages over Graph: cost of one at the end against the beginning`,
        asked: 'linear: ≤ 1.2×',
        measured: `${ratio.toFixed(2)}× (${late.microsecondsEach.toFixed(0)} against ${early.microsecondsEach.toFixed(0)} µs, ${perCycle} a cycle)`,
        reached: ratio <= 1.2,
      },
      {
        what: 'the same: memory that stays in use, engine and simulator together',
        asked: 'flat: ≤ 1 KiB a message, which is what the simulator keeps of a category',
        measured: `${bytesEach.toFixed(0)} bytes a message (${early.mib.toFixed(0)} MiB at ${early.stored}, ${late.mib.toFixed(0)} MiB at ${late.stored})`,
        reached: bytesEach <= 1024,
      },
    ];
  },
};
