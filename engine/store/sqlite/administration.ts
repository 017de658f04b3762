import type { EmailServerProfile } from '../../records/email-server-profile.ts';
import type { CredentialRef, Mailbox, TokenGrant } from '../../records/mailbox.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';
import { RowCache } from './row-cache.ts';

interface ProfileRow {
  id: string;
  name: string;
  server_type: EmailServerProfile['serverType'];
  servers: string;
  process_emails_received_after: number;
  max_concurrent_connections: number;
  min_polling_interval_in_minutes: number;
  timeout_mailbox_connection_after_ms: number;
}

interface MailboxRow {
  id: string;
  name: string;
  email_address: string;
  email_server_profile_id: string;
  credential_username: string;
  credential_secret_name: string;
  credential_mechanism: CredentialRef['mechanism'];
  credential_oauth: string | null;
  enabled_for_incoming_email: number;
  enabled_for_outgoing_email: number;
  process_email_received_after: number;
  process_and_delete_emails: number;
  save_sent_copy: number | null;
  synchronize_flags: number | null;
}

type Administration = Pick<Store, 'saveProfile' | 'saveMailbox' | 'profile' | 'mailbox' | 'mailboxes'>;

/** Profiles and mailboxes; they are read at every cycle and hardly ever written, so their records are kept in memory. */
export function administration(connection: Connection): Administration {
  const putProfile = connection.prepare(
    `INSERT INTO email_server_profile VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, server_type = excluded.server_type,
       servers = excluded.servers,
       process_emails_received_after = excluded.process_emails_received_after,
       max_concurrent_connections = excluded.max_concurrent_connections,
       min_polling_interval_in_minutes = excluded.min_polling_interval_in_minutes,
       timeout_mailbox_connection_after_ms = excluded.timeout_mailbox_connection_after_ms`,
  );
  const putMailbox = connection.prepare(
    `INSERT INTO mailbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, email_address = excluded.email_address,
       email_server_profile_id = excluded.email_server_profile_id,
       credential_username = excluded.credential_username,
       credential_secret_name = excluded.credential_secret_name,
       credential_mechanism = excluded.credential_mechanism,
       credential_oauth = excluded.credential_oauth,
       enabled_for_incoming_email = excluded.enabled_for_incoming_email,
       enabled_for_outgoing_email = excluded.enabled_for_outgoing_email,
       process_email_received_after = excluded.process_email_received_after,
       process_and_delete_emails = excluded.process_and_delete_emails,
       save_sent_copy = excluded.save_sent_copy,
       synchronize_flags = excluded.synchronize_flags`,
  );
  const putWorkload = connection.prepare(
    `INSERT INTO workload_state (mailbox_id, workload, email_server_profile_id, enabled) VALUES (?, ?, ?, ?)
     ON CONFLICT (mailbox_id, workload) DO UPDATE SET email_server_profile_id = excluded.email_server_profile_id`,
  );
  const switchWorkload = connection.prepare(
    'UPDATE workload_state SET enabled = ? WHERE mailbox_id = ? AND workload = ?',
  );
  const oneProfile = connection.prepare<ProfileRow>('SELECT * FROM email_server_profile WHERE id = ?');
  const oneMailbox = connection.prepare<MailboxRow>('SELECT * FROM mailbox WHERE id = ?');
  const allMailboxes = connection.prepare<MailboxRow>('SELECT * FROM mailbox ORDER BY id');
  const profiles = new RowCache(connection, (id) => oneProfile.all(id).map(profileOf)[0]);
  const mailboxes = new RowCache(connection, (id) => oneMailbox.all(id).map(mailboxOf)[0]);

  return {
    async saveProfile(profile) {
      putProfile.run(
        profile.id,
        profile.name,
        profile.serverType,
        JSON.stringify(serversOf(profile)),
        profile.processEmailsReceivedAfter,
        profile.maxConcurrentConnections,
        profile.minPollingIntervalInMinutes,
        profile.timeoutMailboxConnectionAfterMs,
      );
      profiles.forget(profile.id);
    },

    async saveMailbox(mailbox) {
      connection.transaction(() => {
        const before = oneMailbox.all(mailbox.id).map(mailboxOf)[0];
        putMailbox.run(
          mailbox.id,
          mailbox.name,
          mailbox.emailAddress,
          mailbox.emailServerProfileId,
          mailbox.credential.username,
          mailbox.credential.secret,
          mailbox.credential.mechanism,
          mailbox.enabledForIncomingEmail,
          mailbox.enabledForOutgoingEmail,
          mailbox.processEmailReceivedAfter,
          mailbox.processAndDeleteEmails,
          mailbox.credential.oauth === undefined ? null : JSON.stringify(mailbox.credential.oauth),
          mailbox.saveSentCopy,
          mailbox.synchronizeFlags,
        );
        const wishes = [
          ['incoming', mailbox.enabledForIncomingEmail, before?.enabledForIncomingEmail],
          ['outgoing', mailbox.enabledForOutgoingEmail, before?.enabledForOutgoingEmail],
        ] as const;
        for (const [workload, wished, wishedBefore] of wishes) {
          putWorkload.run(mailbox.id, workload, mailbox.emailServerProfileId, wished);
          // Saving a mailbox anew must not switch on again what a permanent failure has disabled.
          if (wishedBefore !== undefined && wished !== wishedBefore) {
            switchWorkload.run(wished, mailbox.id, workload);
          }
        }
      });
      mailboxes.forget(mailbox.id);
    },

    async profile(id) {
      connection.look();
      return profiles.get(id);
    },

    async mailbox(id) {
      connection.look();
      return mailboxes.get(id);
    },

    mailboxes: async () => allMailboxes.all().map(mailboxOf),
  };
}

/** Where the servers are: the part of a profile that its type decides. */
function serversOf(profile: EmailServerProfile): object {
  if (profile.serverType === 'exchange-graph') return { graph: profile.graph };
  const { incoming, outgoing } = profile;
  return profile.serverType === 'imap-smtp' && profile.hints !== undefined
    ? { incoming, outgoing, hints: profile.hints }
    : { incoming, outgoing };
}

function profileOf(row: ProfileRow): EmailServerProfile {
  // Written by saveProfile, from the same type.
  const servers = { serverType: row.server_type, ...JSON.parse(row.servers) } as EmailServerProfile;
  return {
    ...servers,
    id: row.id,
    name: row.name,
    processEmailsReceivedAfter: row.process_emails_received_after,
    maxConcurrentConnections: row.max_concurrent_connections,
    minPollingIntervalInMinutes: row.min_polling_interval_in_minutes,
    timeoutMailboxConnectionAfterMs: row.timeout_mailbox_connection_after_ms,
  };
}

function mailboxOf(row: MailboxRow): Mailbox {
  return {
    id: row.id,
    name: row.name,
    emailAddress: row.email_address,
    emailServerProfileId: row.email_server_profile_id,
    credential: {
      username: row.credential_username,
      secret: row.credential_secret_name,
      mechanism: row.credential_mechanism,
      // Written by `saveMailbox` as this type.
      ...(row.credential_oauth === null ? {} : { oauth: JSON.parse(row.credential_oauth) as TokenGrant }),
    },
    enabledForIncomingEmail: row.enabled_for_incoming_email === 1,
    enabledForOutgoingEmail: row.enabled_for_outgoing_email === 1,
    processEmailReceivedAfter: row.process_email_received_after,
    processAndDeleteEmails: row.process_and_delete_emails === 1,
    ...(row.save_sent_copy !== null && { saveSentCopy: row.save_sent_copy === 1 }),
    ...(row.synchronize_flags !== null && { synchronizeFlags: row.synchronize_flags === 1 }),
  };
}
