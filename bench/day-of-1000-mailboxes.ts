import type { Benchmark } from './figure.ts';
import { addressOf, domain, openBench, runFor } from './in-world.ts';

const mailboxes = 1000;
const perMailbox = 20;
const dayMs = 86_400_000;

export const benchmark: Benchmark = {
  name: 'day-of-1000-mailboxes',
  async measure() {
    const bench = await openBench(mailboxes);
    const { world, engine, store, life } = bench;
    const { mail } = world.provider(domain);
    const { cycles, wallSeconds } = await runFor(bench, dayMs, () => {
      for (let n = 0; n < mailboxes; n += 1) {
        for (let k = 0; k < perMailbox; k += 1) {
          const atMs = Math.floor(
            ((k + world.entropy.float('bench.when', `${n}.${k}`)) / perMailbox) * (dayMs - 3_600_000),
          );
          world.clock.setTimeout(() => {
            const mailbox = mail.find(addressOf(n));
            if (mailbox !== undefined)
              mail.deliver(mailbox, { raw: incoming(n, k), envelopeFrom: 'someone@elsewhere.test' });
            life.run(() => void engine.queueEmail(outgoing(n, k)));
          }, atMs);
        }
      }
    });
    // Before the check below reads everything back.
    const peakGib = process.resourceUsage().maxRSS / 1024 / 1024;
    const received = (await store.receivedEmails()).length;
    const sent = mail.truth.submissions.length;
    const { digest, steps } = world.end();
    const all = mailboxes * perMailbox;
    return [
      {
        what: `${mailboxes} POP3/SMTP mailboxes, 24 virtual hours, ${perMailbox} in and ${perMailbox} out each, 20 ms`,
        asked: '≤ 60 s wall',
        measured: `${wallSeconds.toFixed(1)} s (${cycles} cycles, ${steps} steps, ${received} of ${all} in, ${sent} of ${all} out, digest ${digest.slice(0, 12)})`,
        reached: wallSeconds <= 60 && received === all && sent === all,
      },
      {
        what: 'the same: memory',
        asked: '≤ 1 GiB',
        measured: `${peakGib.toFixed(2)} GiB at most`,
        reached: peakGib <= 1,
      },
    ];
  },
};

function incoming(n: number, k: number): Buffer {
  return Buffer.from(
    `From: Someone <someone@elsewhere.test>\r\nTo: ${addressOf(n)}\r\nSubject: message ${k}\r\nMessage-ID: <in-${n}-${k}@elsewhere.test>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\n\r\n${'all work and no play\r\n'.repeat(90)}`,
  );
}

function outgoing(n: number, k: number) {
  return {
    id: `out-${n}-${k}`,
    mailboxId: `m${n}`,
    subject: `reply ${k}`,
    to: [{ address: 'someone@elsewhere.test' }],
    textBody: 'all work and no play\n'.repeat(90),
  };
}
