import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Workload } from '../records/mailbox.ts';
import type { Settings } from '../records/settings.ts';

/** Milliseconds from the end of a cycle to the next: the workload's window, or the profile's polling interval where that is longer. */
export function windowMs(
  workload: Workload,
  profile: Pick<EmailServerProfile, 'minPollingIntervalInMinutes'>,
  settings: Settings,
): number {
  const window = workload === 'outgoing' ? settings.outgoingWindowMs : settings.incomingWindowMs;
  return atLeastPollingInterval(window, profile);
}

/** A wait, never shorter than the profile's polling interval. */
export function atLeastPollingInterval(
  waitMs: number,
  { minPollingIntervalInMinutes }: Pick<EmailServerProfile, 'minPollingIntervalInMinutes'>,
): number {
  return Math.max(waitMs, minPollingIntervalInMinutes * 60_000);
}
