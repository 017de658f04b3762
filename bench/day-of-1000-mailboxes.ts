import { dayOfMail } from './day-of-mail.ts';
import type { Benchmark } from './figure.ts';
import { openBench } from './in-world.ts';

const mailboxes = 1000;
const perMailbox = 20;

export const benchmark: Benchmark = {
  name: 'day-of-1000-mailboxes',
  async measure() {
    const day = await dayOfMail(await openBench(mailboxes), perMailbox);
    const { wallSeconds, cycles, steps, received, sent, digest, peakGib } = day;
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
