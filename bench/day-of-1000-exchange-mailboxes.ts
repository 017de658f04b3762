import { dayOfMail } from './day-of-mail.ts';
import type { Benchmark } from './figure.ts';
import { openExchangeBench } from './in-world.ts';

const mailboxes = 1000;
const perMailbox = 20;

export const benchmark: Benchmark = {
  name: 'day-of-1000-exchange-mailboxes',
  async measure() {
    // All mail goes to one domain outside, more of it than a tenant may send there in a day: half would come back.
    const limits = { 'exo.graph.tenantExternalRecipients': { enabled: false } };
    const day = await dayOfMail(await openExchangeBench(mailboxes, { limits }), perMailbox);
    const { wallSeconds, cycles, steps, received, sent, digest, peakGib } = day;
    const all = mailboxes * perMailbox;
    return [
      {
        what: `${mailboxes} Exchange mailboxes, 24 virtual hours, ${perMailbox} in and ${perMailbox} out each, 20 ms`,
        asked: '≤ 90 s wall',
        measured: `${wallSeconds.toFixed(1)} s (${cycles} cycles, ${steps} steps, ${received} of ${all} in, ${sent} of ${all} out, digest ${digest.slice(0, 12)})`,
        reached: wallSeconds <= 90 && received === all && sent === all,
      },
      {
        what: 'the same: memory',
        asked: '≤ 1.5 GiB',
        measured: `${peakGib.toFixed(2)} GiB at most`,
        reached: peakGib <= 1.5,
      },
    ];
  },
};
