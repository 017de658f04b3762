import { Plan } from '../retrieval/plan.ts';
import type { Twist } from './reply.ts';

/** What rules want of one exchange over IMAP. */
export class ImapPlan extends Plan {
  get twist(): Twist {
    const { lies = {}, flips = [] } = this.manner;
    return {
      lie: (field) => lies[field] ?? 0,
      flips: (wanted) => flips.filter(({ field }) => field === wanted).map(({ how }) => how),
    };
  }
}
