import { type Bench, type BenchMailbox, type Cost, runFor } from './in-world.ts';

const dayMs = 86_400_000;

/** What became of a day: `received` is in the store, `sent` has left, by the server's count. */
export interface Day extends Cost {
  readonly received: number;
  readonly sent: number;
  readonly steps: number;
  readonly digest: string;
  /** The most memory the process ever had, before everything was read back. */
  readonly peakGib: number;
}

/** Twenty-four virtual hours: to each mailbox mail comes, and from it mail goes, at times spread over 23 of them. Ends the world. */
export async function dayOfMail(bench: Bench, perMailbox: number): Promise<Day> {
  const { world, engine, store, life, mailboxes } = bench;
  const cost = await runFor(bench, dayMs, () => {
    for (const [n, to] of mailboxes.entries()) {
      const { mail } = world.provider(to.domain);
      for (let k = 0; k < perMailbox; k += 1) {
        const atMs = Math.floor(
          ((k + world.entropy.float('bench.when', `${n}.${k}`)) / perMailbox) * (dayMs - 3_600_000),
        );
        world.clock.setTimeout(() => {
          const mailbox = mail.find(to.address);
          if (mailbox !== undefined)
            mail.deliver(mailbox, { raw: incoming(to, k), envelopeFrom: 'someone@elsewhere.test' });
          life.run(() => void engine.queueEmail(outgoing(to, k)));
        }, atMs);
      }
    }
  });
  const peakGib = process.resourceUsage().maxRSS / 1024 / 1024;
  const received = (await store.receivedEmails()).length;
  const domains = new Set(mailboxes.map(({ domain }) => domain));
  const sent = [...domains].reduce(
    (sum, domain) => sum + world.provider(domain).mail.truth.submissions.length,
    0,
  );
  const { digest, steps } = world.end();
  return { ...cost, received, sent, steps, digest, peakGib };
}

function incoming({ id, address }: BenchMailbox, k: number): Buffer {
  return Buffer.from(
    `From: Someone <someone@elsewhere.test>\r\nTo: ${address}\r\nSubject: message ${k}\r\nMessage-ID: <in-${id}-${k}@elsewhere.test>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\n\r\n${'all work and no play\r\n'.repeat(90)}`,
  );
}

function outgoing({ id }: BenchMailbox, k: number) {
  return {
    id: `out-${id}-${k}`,
    mailboxId: id,
    subject: `reply ${k}`,
    to: [{ address: 'someone@elsewhere.test' }],
    textBody: 'all work and no play\n'.repeat(90),
  };
}
