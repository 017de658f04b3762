/**
 * How long a notification waits after its nth failed try (counted from 1), ms. That the wait grows exponentially is
 * documented (change-notifications-delivery-webhooks); where it begins and ends is ours.
 */
export function retryDelayMs(failures: number): number {
  const firstMs = 10_000;
  const longestMs = 30 * 60_000;
  return Math.min(longestMs, firstMs * 2 ** (failures - 1));
}
