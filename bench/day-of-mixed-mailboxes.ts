import { dayOfMail } from './day-of-mail.ts';
import type { Benchmark } from './figure.ts';
import { openMixedBench } from './in-world.ts';

const counts = { exchange: 600, imap: 250, pop3: 150 } as const;
const perMailbox = 20;

export const benchmark: Benchmark = {
  name: 'day-of-mixed-mailboxes',
  async measure() {
    const { exchange, imap, pop3 } = counts;
    // All mail goes to one domain outside, more of it than a tenant may send there in a day: half would come back.
    const limits = { 'exo.graph.tenantExternalRecipients': { enabled: false } };
    const bench = await openMixedBench([
      { access: 'exchange-graph', mailboxes: exchange, limits },
      { access: 'imap-smtp', mailboxes: imap },
      { access: 'pop3-smtp', mailboxes: pop3 },
    ]);
    const before = process.cpuUsage();
    const { wallSeconds, cycles, steps, received, sent, digest, peakGib } = await dayOfMail(
      bench,
      perMailbox,
    );
    const { user, system } = process.cpuUsage(before);
    const all = (exchange + imap + pop3) * perMailbox;
    return [
      {
        what: `${exchange} Exchange, ${imap} IMAP and ${pop3} POP3 mailboxes, 24 virtual hours, ${perMailbox} in and ${perMailbox} out each, 20 ms`,
        asked: '≤ 120 s wall',
        measured: `${wallSeconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor time (${cycles} cycles, ${steps} steps, ${received} of ${all} in, ${sent} of ${all} out, digest ${digest.slice(0, 12)})`,
        reached: wallSeconds <= 120 && received === all && sent === all,
      },
      {
        what: 'the same: memory',
        asked: '≤ 2 GiB',
        measured: `${peakGib.toFixed(2)} GiB at most`,
        reached: peakGib <= 2,
      },
    ];
  },
};
