import type { HttpHandler } from '../http/http-handler.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { TokenAuthority } from '../oauth/token-authority.ts';
import type { GraphProfile } from '../profiles/profile.ts';
import type { ServerContext } from '../server-context.ts';
import type { MailboxItems } from './items/mailbox-items.ts';
import type { ExchangeIds } from './standard-headers.ts';

/** Microsoft Graph as one provider runs it. */
export interface GraphService {
  /** The service as a web server; every carrier calls this. */
  readonly handle: HttpHandler;
  /** `graph.alpha.test`. */
  readonly host: string;
  /** `https://graph.alpha.test/v1.0`. */
  readonly baseUrl: string;
  readonly context: ServerContext;
  readonly profile: GraphProfile;
  readonly authority: TokenAuthority;
  /** What only Graph knows of a mailbox's messages; always the same object for one mailbox. */
  items(mailbox: Mailbox): MailboxItems;
  /** Object id of the user in the directory, a UUID; `/users/{id}` takes it as well as an address. */
  userId(mailbox: Mailbox): string;
  userById(id: string): Mailbox | undefined;
  /** Ids for one more exchange; the client's own is echoed. */
  newIds(headers: Headers): ExchangeIds;
  /** How change notifications leave; by default nobody can be reached. */
  deliverTo: HttpHandler;
  /** Calls `listener` when the service closes. */
  onClose(listener: () => void): void;
  close(): void;
}
