/** One entry of a notification, as far as it is used: what happened is for the next cycle to find out. */
export interface GraphNotification {
  readonly clientState: string;
}

const maxEntries = 1_000;

/**
 * The notifications of a delivery (changeNotificationCollection), lifecycle events among them; undefined when it is none.
 * Entries without a client state are left out: nobody could tell whose they are.
 */
export function readNotifications(body: string): readonly GraphNotification[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || !('value' in json) || !Array.isArray(json.value))
    return undefined;
  return json.value
    .slice(0, maxEntries)
    .flatMap((entry: unknown) =>
      typeof entry === 'object' &&
      entry !== null &&
      'clientState' in entry &&
      typeof entry.clientState === 'string'
        ? [{ clientState: entry.clientState }]
        : [],
    );
}
