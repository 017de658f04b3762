import { drawnUuid } from '../entropy/drawn-uuid.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { ExchangeIds } from './token-reply.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A trace id drawn for the connection, and the client's own `client-request-id` where it is a UUID, else a drawn one. */
export function exchangeIds(entropy: Entropy, connection: string, given: string | null): ExchangeIds {
  return {
    trace: drawnUuid(entropy, 'oauth.trace-id', connection),
    correlation:
      given !== null && uuid.test(given) ? given : drawnUuid(entropy, 'oauth.correlation-id', connection),
  };
}
