import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { ending, share } from './fields.ts';

const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * A reply or an upload breaks off after so many bytes, or a share of it (half, when neither is given). A client sees a
 * truncated listing or message and then the end given (a reset by default).
 */
export const cut = {
  kind: 'cut',
  phases: ['body', 'reply'],
  usualPhase: 'body',
  schema: v.strictObject({
    kind: v.literal('cut'),
    afterBytes: v.exactOptional(bytes),
    afterShare: v.exactOptional(share),
    end: ending,
  }),
} satisfies Fault;
