import type { GraphExchange } from '../graph-exchange.ts';

/** `@odata.context` for something of this mailbox: `messages/$entity`, `mailFolders`. */
export function contextUrl({ service, mailbox }: GraphExchange, what: string): string {
  return `${service.baseUrl}/$metadata#users('${encodeURIComponent(mailbox.address)}')/${what}`;
}
