import type { EmailServerProfile } from '../../engine/records/email-server-profile.ts';
import type { CredentialRef } from '../../engine/records/mailbox.ts';
import type { Store } from '../../engine/store/store.ts';
import type { ProviderProfile, World } from '../../simulators/index.ts';
import { addressOf, type Scenario } from '../scenario.ts';

/** Writes the server profiles and mailboxes of a scenario into the engine's store, as an administrator would. */
export async function setUp(scenario: Scenario, world: World, store: Store): Promise<void> {
  for (const { domain, maxConcurrentConnections } of scenario.providers) {
    const { pop3, smtp } = world.provider(domain);
    const profile: EmailServerProfile = {
      id: domain,
      name: domain,
      serverType: 'pop3-smtp',
      incoming: { host: pop3.host, port: pop3.tlsPort, security: 'tls' },
      outgoing: { host: smtp.host, port: smtp.tlsPort, security: 'tls' },
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    };
    await store.saveProfile(profile);
  }
  for (const mailbox of scenario.mailboxes) {
    const address = addressOf(mailbox);
    await store.saveMailbox({
      id: mailbox.id,
      name: mailbox.id,
      emailAddress: address,
      emailServerProfileId: mailbox.domain,
      credential: {
        username: address,
        secret: mailbox.id,
        mechanism: mechanismFor(world.provider(mailbox.domain).profile),
      },
      enabledForIncomingEmail: mailbox.incoming,
      enabledForOutgoingEmail: mailbox.outgoing,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: mailbox.deleteAfterProcessing,
    });
  }
}

/** Bearer tokens where both servers of the provider take them, as those providers ask for; otherwise passwords. */
function mechanismFor({ pop3, smtp }: ProviderProfile): CredentialRef['mechanism'] {
  return pop3?.sasl.includes('XOAUTH2') && smtp?.auth.includes('XOAUTH2') ? 'xoauth2' : 'password';
}
