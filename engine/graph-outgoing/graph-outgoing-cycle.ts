import type { ExchangeGraphProfile } from '../records/email-server-profile.ts';
import type { Cycle } from '../schedule/cycle.ts';
import { GraphOutgoingRun } from './graph-outgoing-run.ts';

/**
 * Sends what is queued for one mailbox by way of drafts: first what was handed over and never answered for, or left in
 * Sending by a dead runner, is settled by looking for it; then up to one batch of Pending Send, oldest first. The
 * draft's immutable id is stored before it is sent, so that whatever gets lost there is something to look for.
 */
export const runGraphOutgoingCycle: Cycle<ExchangeGraphProfile> = async (context) => {
  const run = new GraphOutgoingRun(context);
  await run.settleAbandoned();
  await run.sendBatch();
  await run.tidy();
  return { result: run.result(), ended: undefined };
};
