import type { EmailFlags } from '../../records/email-flags.ts';

/** Flags as they stand in a column: 1 seen, 2 flagged, 4 answered. */
export const flagBits = {
  write: ({ seen, flagged, answered }: EmailFlags): number =>
    (seen ? 1 : 0) + (flagged ? 2 : 0) + (answered ? 4 : 0),
  read: (bits: number): EmailFlags => ({
    seen: (bits & 1) !== 0,
    flagged: (bits & 2) !== 0,
    answered: (bits & 4) !== 0,
  }),
} as const;
