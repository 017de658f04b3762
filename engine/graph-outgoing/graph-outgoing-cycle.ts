import { EngineError } from '../errors/engine-error.ts';
import type { ExchangeGraphProfile } from '../records/email-server-profile.ts';
import type { Cycle } from '../schedule/cycle.ts';

/** One outgoing cycle over Microsoft Graph. */
export const runGraphOutgoingCycle: Cycle<ExchangeGraphProfile> = async ({ profile }) => {
  throw new EngineError(
    'graph-unserved',
    `Profile ${profile.id}: outgoing over Microsoft Graph is not served yet.`,
  );
};
