import { Plan } from '../retrieval/plan.ts';
import type { Twist } from './reply.ts';

/** What rules want of one exchange over POP3. */
export class Pop3Plan extends Plan {
  get twist(): Twist {
    const { lies = {}, flips = [] } = this.manner;
    return {
      lie: (field) => (lies[field] ?? 0) + (field === 'COUNT' ? 0 : (lies.SIZE ?? 0)),
      flips: [...new Set(flips.filter(({ field }) => field === 'UIDL').map(({ how }) => how))],
    };
  }
}
