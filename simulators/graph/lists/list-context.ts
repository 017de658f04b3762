import type { GraphExchange } from '../graph-exchange.ts';

/** `@odata.context` of a list in this mailbox: of `messages`, of `mailFolders`. */
export function listContext({ service, mailbox }: GraphExchange, what: string): string {
  return `${service.baseUrl}/$metadata#users('${encodeURIComponent(mailbox.address)}')/${what}`;
}
