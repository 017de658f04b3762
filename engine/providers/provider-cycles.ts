import { runGraphIncomingCycle } from '../graph-incoming/graph-incoming-cycle.ts';
import { runGraphOutgoingCycle } from '../graph-outgoing/graph-outgoing-cycle.ts';
import { runImapIncomingCycle } from '../imap-incoming/imap-incoming-cycle.ts';
import { runImapOutgoingCycle } from '../imap-outgoing/imap-outgoing-cycle.ts';
import { runIncomingCycle } from '../incoming/incoming-cycle.ts';
import { runOutgoingCycle } from '../outgoing/cycle.ts';
import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Cycle } from '../schedule/cycle.ts';

type ServerType = EmailServerProfile['serverType'];

/** The cycles of one kind of provider. */
type ProviderCycles<Profile extends EmailServerProfile> = Readonly<
  Record<'incoming' | 'outgoing', Cycle<Profile>>
>;

const cycles: {
  readonly [Type in ServerType]: ProviderCycles<Extract<EmailServerProfile, { serverType: Type }>>;
} = {
  'pop3-smtp': { incoming: runIncomingCycle, outgoing: runOutgoingCycle },
  'imap-smtp': { incoming: runImapIncomingCycle, outgoing: runImapOutgoingCycle },
  'exchange-graph': { incoming: runGraphIncomingCycle, outgoing: runGraphOutgoingCycle },
};

const graphMechanisms: readonly string[] = ['client-secret', 'client-certificate', 'refresh-token'];

/** The cycle of a workload, chosen by the server type of the mailbox's profile: the one place that knows them all. */
export const providerCycle =
  (workload: 'incoming' | 'outgoing'): Cycle =>
  async (context) => {
    const { serverType } = context.profile;
    const { mechanism } = context.mailbox.credential;
    if (graphMechanisms.includes(mechanism) !== (serverType === 'exchange-graph')) {
      const text = `Credentials of kind ${mechanism} cannot sign in at a server profile of type ${serverType}; give the mailbox others.`;
      const error = { class: 'config', code: 'credential-mechanism', text, phase: 'auth' } as const;
      return { result: { processed: 0, failed: 0, error, memo: context.lease.memo }, ended: undefined };
    }
    // The table pairs each server type with the cycles for its profile.
    const cycle = cycles[serverType][workload] as Cycle;
    return cycle(context);
  };
