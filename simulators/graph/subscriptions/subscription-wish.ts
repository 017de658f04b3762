import * as v from 'valibot';
import type { ChangeType } from './subscription.ts';
import { SubscriptionError } from './subscription-error.ts';
import { type WatchedResource, watchedResource } from './watched-resource.ts';

/** What a client asks for when it makes a subscription, understood. */
export interface SubscriptionWish {
  readonly resource: string;
  readonly watched: WatchedResource;
  readonly changeTypes: readonly ChangeType[];
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | undefined;
  readonly clientState: string | undefined;
  readonly expiresAtMs: number;
}

const optional = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema));
const body = v.object({
  changeType: v.string(),
  notificationUrl: v.string(),
  resource: v.string(),
  expirationDateTime: v.string(),
  lifecycleNotificationUrl: optional(v.string()),
  // At most 128 characters (subscription resource).
  clientState: optional(v.pipe(v.string(), v.maxLength(128))),
  includeResourceData: optional(v.boolean()),
});
const changeTypes: readonly ChangeType[] = ['created', 'updated', 'deleted'];

/** Reads the body of a POST to /subscriptions. Throws `SubscriptionError` naming the property that is wrong. */
export function subscriptionWish(json: unknown): SubscriptionWish {
  const parsed = v.safeParse(body, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw invalid(issue.path?.map(({ key }) => String(key)).join('.') ?? 'body', issue.message);
  }
  const { output } = parsed;
  if (output.includeResourceData === true)
    throw invalid('includeResourceData', 'resource data in notifications is not served');
  const watched = watchedResource(output.resource);
  if (watched === undefined) throw invalid('resource', 'only messages of a mailbox or a folder are watched');
  const types = output.changeType.split(',').map((type) => type.trim().toLowerCase());
  const known = changeTypes.filter((type) => types.includes(type));
  if (known.length !== new Set(types).size)
    throw invalid('changeType', 'created, updated and deleted are known');
  return {
    resource: output.resource,
    watched,
    changeTypes: known,
    notificationUrl: httpsUrl('notificationUrl', output.notificationUrl),
    lifecycleNotificationUrl:
      output.lifecycleNotificationUrl == null
        ? undefined
        : httpsUrl('lifecycleNotificationUrl', output.lifecycleNotificationUrl),
    clientState: output.clientState ?? undefined,
    expiresAtMs: expirationOf(output.expirationDateTime),
  };
}

/** An `expirationDateTime`, ms since the epoch. */
export function expirationOf(text: unknown): number {
  const atMs = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) throw invalid('expirationDateTime', 'a date and time is expected');
  return atMs;
}

function httpsUrl(name: string, text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    throw invalid(name, 'an https URL is expected');
  return text;
}

function invalid(name: string, reason: string): SubscriptionError {
  return new SubscriptionError('property', { name, reason });
}
