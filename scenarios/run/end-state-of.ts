import { trackedCategory, undeliverableCategory } from '../../engine/graph-incoming/categories.ts';
import { EmailStatus } from '../../engine/records/email.ts';
import type { StoredEmail } from '../../engine/store/store.ts';
import type { EndState, TrackedState } from './end-state.ts';
import type { EngineFacts, RunView } from './run-view.ts';

const statusNames = new Map<number, string>(
  Object.entries(EmailStatus).map(([name, value]) => [value, name]),
);

/** The end state of a run, by the engine's store and the servers' books. */
export function endStateOf(run: RunView, facts: EngineFacts): EndState {
  const received: Record<string, string[]> = {};
  const enabled: Record<string, boolean> = {};
  const quarantined: Record<string, number> = {};
  for (const { id } of run.mailboxes) {
    received[id] = (facts.received.get(id) ?? []).map(identityOf).sort();
    quarantined[id] = facts.quarantine.filter((row) => row.mailboxId === id).length;
  }
  for (const { mailboxId, workload, enabled: on } of facts.states) enabled[`${mailboxId} ${workload}`] = on;
  const sent: Record<string, { status: string; recipients: string[] }> = {};
  const accepted: Record<string, number> = {};
  for (const row of facts.outgoing) {
    const recipients = row.recipients.map((one) => `${one.address} ${one.outcome}`).sort();
    sent[row.id] = { status: statusNames.get(row.status) ?? String(row.status), recipients };
    for (const [recipient, copies] of run.truth.accepted.get(row.messageId) ?? []) {
      accepted[`${row.id}>${recipient}`] = copies;
    }
  }
  return { received, sent, accepted, enabled, quarantined, tracked: trackedOf(run, facts) };
}

function trackedOf(run: RunView, facts: EngineFacts): EndState['tracked'] {
  const tracked: Record<string, TrackedState> = {};
  for (const { id, address, access } of run.mailboxes) {
    const trackings = facts.trackings.get(id);
    if (trackings === undefined) continue;
    const emails = new Map((facts.received.get(id) ?? []).map((email) => [email.rawSha256, email]));
    for (const { subject, sha256, categories } of run.truth.ever(address)) {
      const email = emails.get(sha256);
      // Nothing at the server shows it, so that there is nothing to say of what has no record: a copy in Sent, say.
      if (access === 'imap-smtp' && email === undefined) continue;
      const tracking = email && trackings.get(email.id);
      // Of two with the same bytes, the one that came last.
      tracked[`${id} ${subject}`] = {
        stored: email !== undefined,
        tracked: tracking?.tracked ?? false,
        regarding: tracking?.regarding,
        shows: shownBy(categories),
      };
    }
  }
  return tracked;
}

function shownBy(categories: readonly string[] | undefined): TrackedState['shows'] {
  if (categories === undefined) return 'gone';
  if (categories.includes(undeliverableCategory)) return 'undeliverable';
  return categories.includes(trackedCategory) ? 'tracked' : 'nothing';
}

/**
 * The bytes of what came from outside follow from the scenario; a copy of what was sent has a date and an id in it that
 * depend on when it was queued.
 */
function identityOf({ subject, rawSha256 }: StoredEmail): string {
  return subject?.startsWith('Queued ') ? subject : rawSha256;
}
