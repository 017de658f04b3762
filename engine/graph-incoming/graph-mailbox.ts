import { SyncError } from '../errors/engine-error.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { GraphFailure } from '../graph/graph-failure.ts';
import {
  type ChangePage,
  changeFields,
  type ListedChange,
  readChangePage,
  readListed,
  record,
  text,
} from './change-page.ts';

/** One id for a message wherever it is moved inside the mailbox. Folders have no such ids, and theirs stay anyway. */
const immutableIds = 'IdType="ImmutableId"';

/** A message as it is now, looked at alone. */
export interface LookedAt extends ListedChange {
  readonly folderId: string | undefined;
}

export interface LookedAtFolder {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | undefined;
}

/** The mailbox as incoming cycles read it. Everything rejects with `GraphFailure`, or `SyncError` when it makes no sense. */
export class GraphMailbox {
  readonly #client: GraphClient;

  constructor(client: GraphClient) {
    this.#client = client;
  }

  /** The next page of a folder's changes, from the beginning without a link. */
  async changes(folder: string, link: string | undefined, pageSize: number): Promise<ChangePage> {
    const path = link ?? `/mailFolders/${segment(folder)}/messages/delta?$select=${changeFields}`;
    const prefer = [immutableIds, `odata.maxpagesize=${pageSize}`];
    return readChangePage((await this.#client.request({ path, prefer, phase: 'delta' })).json());
  }

  /** The message's source. */
  async source(itemId: string, maximumBytes: number): Promise<Buffer> {
    const path = `/messages/${segment(itemId)}/$value`;
    const reply = await this.#client.request({ path, prefer: [immutableIds], phase: 'fetch', maximumBytes });
    const bytes = reply.bytes();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Undefined when the server says that there is no such message. */
  async look(itemId: string): Promise<LookedAt | undefined> {
    const path = `/messages/${segment(itemId)}?$select=${changeFields},parentFolderId`;
    try {
      const reply = await this.#client.request({ path, prefer: [immutableIds], phase: 'look' });
      const fields = record(reply.json()) ?? {};
      return { ...readListed(itemId, fields), folderId: text(fields.parentFolderId) };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** Rejects with code `graph-conflict` when the message has changed since `etag`. */
  async setCategories(
    itemId: string,
    categories: readonly string[],
    etag: string | undefined,
  ): Promise<void> {
    await this.#client.request({
      method: 'PATCH',
      path: `/messages/${segment(itemId)}`,
      prefer: [immutableIds],
      headers: etag === undefined ? {} : { 'If-Match': etag },
      json: { categories },
      phase: 'categories',
    });
  }

  /** One that is gone already is as good as deleted. */
  async remove(itemId: string): Promise<void> {
    try {
      const path = `/messages/${segment(itemId)}`;
      await this.#client.request({ method: 'DELETE', path, prefer: [immutableIds], phase: 'delete' });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** Ids of the messages with this Message-ID, angle brackets included. */
  async withMessageId(messageId: string): Promise<readonly string[]> {
    const filter = encodeURIComponent(`internetMessageId eq '${messageId.replaceAll("'", "''")}'`);
    const path = `/messages?$filter=${filter}&$select=id`;
    return this.#list(path, 'find').then((found) => found.flatMap(({ id }) => text(id) ?? []));
  }

  /** Undefined when there is no such folder. */
  async folder(folder: string): Promise<LookedAtFolder | undefined> {
    const path = `/mailFolders/${segment(folder)}?$select=displayName,parentFolderId`;
    try {
      return readFolder(record((await this.#client.request({ path, phase: 'folder' })).json()) ?? {});
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async childFolders(folder: string): Promise<readonly LookedAtFolder[]> {
    const path = `/mailFolders/${segment(folder)}/childFolders?$select=displayName,parentFolderId&$top=100`;
    return this.#list(path, 'folder').then((found) => found.map(readFolder));
  }

  /** Pages of a list to their end, a hundred at most. */
  async #list(path: string, phase: string): Promise<Readonly<Record<string, unknown>>[]> {
    const found: Readonly<Record<string, unknown>>[] = [];
    let next: string | undefined = path;
    for (let pages = 0; next !== undefined && pages < 100; pages += 1) {
      const reply = await this.#client.request({ path: next, prefer: [immutableIds], phase });
      const page = record(reply.json()) ?? {};
      if (Array.isArray(page.value)) for (const entry of page.value) found.push(record(entry) ?? {});
      next = text(page['@odata.nextLink']);
    }
    return found;
  }
}

/** The server is sure that there is no such item or folder. */
export function isGone(error: unknown): boolean {
  return error instanceof SyncError && goneCodes.has(error.classified.code);
}

/**
 * The server answered, and neither limits nor rights are the matter: it may be about this one item or folder, and others
 * may go on. Where it is about the server, requests that are about all of the mailbox tell.
 */
export function mayBeOfOne(error: unknown): boolean {
  if (!(error instanceof GraphFailure) || error.status === undefined) return false;
  return error.classified.class === 'transient' || error.classified.class === 'item-permanent';
}

const goneCodes: ReadonlySet<string> = new Set(['graph-item-gone', 'graph-folder-gone', 'graph-id-refused']);

function readFolder(fields: Readonly<Record<string, unknown>>): LookedAtFolder {
  return {
    id: text(fields.id) ?? '',
    name: text(fields.displayName) ?? '',
    parentId: text(fields.parentFolderId),
  };
}

/** An id or a well-known name as a segment of a path. */
function segment(id: string): string {
  return encodeURIComponent(id);
}
