import { SyncError } from '../errors/engine-error.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { GraphFailure } from '../graph/graph-failure.ts';
import type { ExchangeGraphProfile } from '../records/email-server-profile.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import { clientStateOf } from './client-state.ts';

/** The subscription of a mailbox, as one cycle leaves it for the next. */
export interface KeptSubscription {
  /** Undefined while the server gives none. */
  readonly id: string | undefined;
  /** When it is to be renewed, or asked for again (ms since the epoch). */
  readonly renewOn: number;
}

const hourMs = 3_600_000;
/** Well below the longest life of a subscription to messages (10,070 minutes, graph/api/resources/subscription). */
const lifeMs = 72 * hourMs;
/** Renewed far more often than it need be: renewing is how a subscription that died without a word is noticed. Ours. */
const renewEveryMs = 6 * hourMs;

/**
 * Sees to it that the server tells of changes of the Inbox, where the profile says where to. Whatever goes wrong is no
 * trouble of the cycle: mail comes at the end of each window all the same, and it is tried again after some hours.
 */
export async function keepSubscription(
  context: Pick<CycleContext<ExchangeGraphProfile>, 'clock' | 'mailbox' | 'profile' | 'secret'>,
  client: GraphClient,
  kept: KeptSubscription | undefined,
): Promise<KeptSubscription | undefined> {
  const { clock, profile } = context;
  const { notificationUrl } = profile.graph;
  if (notificationUrl === undefined) return undefined;
  const now = clock.now();
  if (kept !== undefined && now < kept.renewOn) return kept;
  const renewOn = now + renewEveryMs;
  try {
    if (kept?.id !== undefined && (await renew(client, profile, kept.id, now)))
      return { id: kept.id, renewOn };
    return { id: await create(context, client, notificationUrl, now), renewOn };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return { id: kept?.id, renewOn };
  }
}

/** False when there is no such subscription any more. */
async function renew(
  client: GraphClient,
  { graph }: ExchangeGraphProfile,
  id: string,
  now: number,
): Promise<boolean> {
  try {
    await client.request({
      method: 'PATCH',
      path: `${graph.baseUrl}/subscriptions/${encodeURIComponent(id)}`,
      json: { expirationDateTime: new Date(now + lifeMs).toISOString() },
      phase: 'subscription',
    });
    return true;
  } catch (error) {
    if (error instanceof GraphFailure && error.status === 404) return false;
    throw error;
  }
}

async function create(
  { mailbox, profile, secret }: Pick<CycleContext<ExchangeGraphProfile>, 'mailbox' | 'profile' | 'secret'>,
  client: GraphClient,
  notificationUrl: string,
  now: number,
): Promise<string | undefined> {
  const user = encodeURIComponent(mailbox.credential.username);
  const reply = await client.request({
    method: 'POST',
    path: `${profile.graph.baseUrl}/subscriptions`,
    json: {
      changeType: 'created,updated,deleted',
      notificationUrl,
      lifecycleNotificationUrl: notificationUrl,
      resource: `/users/${user}/mailFolders('inbox')/messages`,
      expirationDateTime: new Date(now + lifeMs).toISOString(),
      clientState: clientStateOf(mailbox.id, await secret()),
    },
    phase: 'subscription',
  });
  const body = reply.json();
  return typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string'
    ? body.id
    : undefined;
}
