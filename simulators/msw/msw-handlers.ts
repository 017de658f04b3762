import { HttpResponse, http, type HttpHandler as MswHandler } from 'msw';
import type { HttpHandler } from '../http/http-handler.ts';
import { lostCode } from '../http/lost-connection.ts';

/** A service as far as interception needs it: Graph, or the identity platform. */
export interface InterceptedService {
  readonly host: string;
  readonly handle: HttpHandler;
}

/**
 * Handlers for `msw`'s `setupServer`: programs that use the global `fetch`, the Graph SDK among them, reach these services
 * by their host names, without a change and without a network. A connection that ends without a reply is a failed
 * `fetch`; its cause is not told, as msw tells none.
 */
export function mswHandlers(...services: readonly InterceptedService[]): MswHandler[] {
  return services.map(({ host, handle }) =>
    http.all(`https://${host}/*`, async ({ request }) => {
      try {
        return await handle(request);
      } catch (error) {
        if (lostCode(error) !== undefined) return HttpResponse.error();
        throw error;
      }
    }),
  );
}
