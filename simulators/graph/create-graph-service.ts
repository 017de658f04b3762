import { drawnUuid } from '../entropy/drawn-uuid.ts';
import { fetchFailed } from '../http/lost-connection.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { TokenAuthority } from '../oauth/token-authority.ts';
import type { ServerContext } from '../server-context.ts';
import { GraphFrame } from './graph-frame.ts';
import type { GraphRoute } from './graph-route.ts';
import type { GraphService } from './graph-service.ts';
import { createMailboxItems, type MailboxItems } from './items/mailbox-items.ts';
import { routes as allRoutes } from './routes.ts';

export interface GraphServiceOptions {
  /** `graph.alpha.test`. */
  readonly host: string;
  readonly authority: TokenAuthority;
  /** Where challenges send clients: `https://login.alpha.test`. */
  readonly authorityUrl: string;
  /** Default: all there are. */
  readonly routes?: readonly GraphRoute[];
}

/** Opens Microsoft Graph for one provider. Throws when the profile of `context` has none. */
export function createGraphService(context: ServerContext, options: GraphServiceOptions): GraphService {
  const { graph: profile, name } = context.profile;
  if (profile === undefined)
    throw new Error(`The profile ${name} has no Microsoft Graph: give it a graph section first.`);
  const { host, authority, authorityUrl, routes = allRoutes } = options;
  const items = new Map<Mailbox, MailboxItems>();
  const closing: (() => void)[] = [];
  let requests = 0;
  let byId: Map<string, Mailbox> | undefined;
  const userId = (mailbox: Mailbox): string =>
    drawnUuid(context.entropy, 'graph.user', mailbox.address.toLowerCase(), 0);
  const service: Omit<GraphService, 'handle'> = {
    host,
    baseUrl: `https://${host}/v1.0`,
    context,
    profile,
    authority,
    items(mailbox) {
      let known = items.get(mailbox);
      if (known === undefined) {
        known = createMailboxItems(mailbox, context);
        items.set(mailbox, known);
      }
      return known;
    },
    userId,
    userById(id) {
      byId ??= new Map([...context.mail.mailboxes.values()].map((mailbox) => [userId(mailbox), mailbox]));
      return byId.get(id.toLowerCase());
    },
    newIds(headers) {
      requests += 1;
      const requestId = drawnUuid(context.entropy, 'graph.request', host, requests);
      const clientRequestId = headers.get('client-request-id') ?? requestId;
      return { requestId, clientRequestId, nowMs: context.clock.now() };
    },
    deliverTo: () => Promise.reject(fetchFailed('ENOTFOUND', 'nobody receives notifications')),
    onClose: (listener) => void closing.push(listener),
    close: () => {
      for (const listener of closing.splice(0)) listener();
    },
  };
  const handle: GraphService['handle'] = (request, arrival) => frame.handle(request, arrival);
  const whole: GraphService = Object.assign(service, { handle });
  const frame = new GraphFrame(whole, routes, authorityUrl);
  return whole;
}
