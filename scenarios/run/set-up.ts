import type { EmailServerProfile } from '../../engine/records/email-server-profile.ts';
import type { CredentialRef } from '../../engine/records/mailbox.ts';
import type { Store } from '../../engine/store/store.ts';
import type { ProviderProfile, World } from '../../simulators/index.ts';
import { addressOf, type Scenario } from '../scenario.ts';
import type { Access } from '../way.ts';
import { appSecretName } from './secrets.ts';

type ScenarioProvider = Scenario['providers'][number];
type Servers = ReturnType<World['provider']>;

/** Writes the server profiles and mailboxes of a scenario into the engine's store, as an administrator would. */
export async function setUp(scenario: Scenario, world: World, store: Store): Promise<void> {
  for (const provider of scenario.providers)
    await store.saveProfile(profileOf(provider, world.provider(provider.domain)));
  for (const mailbox of scenario.mailboxes) {
    const address = addressOf(mailbox);
    const provider = scenario.providers.find(({ domain }) => domain === mailbox.domain);
    await store.saveMailbox({
      id: mailbox.id,
      name: mailbox.id,
      emailAddress: address,
      emailServerProfileId: mailbox.domain,
      credential:
        provider?.access === 'graph'
          ? { username: address, secret: appSecretName(mailbox.domain), mechanism: 'client-secret' }
          : {
              username: address,
              secret: mailbox.id,
              mechanism: mechanismFor(
                world.provider(mailbox.domain).profile,
                provider?.access ?? 'pop3-smtp',
              ),
            },
      enabledForIncomingEmail: mailbox.incoming,
      enabledForOutgoingEmail: mailbox.outgoing,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: mailbox.deleteAfterProcessing,
      ...(mailbox.synchronizeFlags && { synchronizeFlags: true }),
    });
  }
}

function profileOf(
  provider: ScenarioProvider,
  { pop3, imap, smtp, graph, oauth }: Servers,
): EmailServerProfile {
  const { domain, access, maxConcurrentConnections, hints } = provider;
  const common = {
    id: domain,
    name: domain,
    processEmailsReceivedAfter: 0,
    maxConcurrentConnections,
    minPollingIntervalInMinutes: 0,
    timeoutMailboxConnectionAfterMs: 100_000,
  };
  if (access === 'pop3-smtp')
    return {
      ...common,
      serverType: 'pop3-smtp',
      incoming: { host: pop3.host, port: pop3.tlsPort, security: 'tls' },
      outgoing: { host: smtp.host, port: smtp.tlsPort, security: 'tls' },
    };
  if (access === 'imap-smtp') {
    if (imap === undefined)
      throw new RangeError(
        `the profile ${provider.profile} of ${domain} has no IMAP; reach it by POP3 and SMTP`,
      );
    return {
      ...common,
      serverType: 'imap-smtp',
      incoming: { host: imap.host, port: imap.tlsPort, security: 'tls' },
      outgoing: { host: smtp.host, port: smtp.tlsPort, security: 'tls' },
      ...(hints !== undefined && { hints }),
    };
  }
  const [app] = oauth?.service.apps ?? [];
  if (graph === undefined || oauth === undefined || app === undefined)
    throw new RangeError(
      `the profile ${provider.profile} of ${domain} has no Graph; reach it by POP3 and SMTP`,
    );
  return {
    ...common,
    serverType: 'exchange-graph',
    graph: { baseUrl: graph.baseUrl, authority: oauth.authority, clientId: app.clientId },
  };
}

/** Bearer tokens where both servers of the provider take them, as those providers ask for; otherwise passwords. */
function mechanismFor({ pop3, imap, smtp }: ProviderProfile, access: Access): CredentialRef['mechanism'] {
  const incoming = access === 'imap-smtp' ? imap : pop3;
  return incoming?.sasl.includes('XOAUTH2') && smtp?.auth.includes('XOAUTH2') ? 'xoauth2' : 'password';
}
