import type { GraphClient, GraphReply } from '../graph/graph-client.ts';
import { GraphFailure } from '../graph/graph-failure.ts';
import type { OutgoingEmail } from '../records/email.ts';
import { draftOf, recipientsOf } from './draft-of.ts';
import { idOf, listOf, textOf } from './read-graph-json.ts';
import { uploadAttachment } from './upload-attachment.ts';

/** Larger attachments go by upload session (documented: 3 MB). Base64 adds a third to what goes over the wire. */
const directLimitBytes = 3_000_000;

/** Ids that outlive a move: a draft that is sent keeps its own (Graph, "immutable identifiers"). */
export const immutableIds: readonly string[] = ['IdType="ImmutableId"'];

/** Where a row's message is at the provider. */
export type DraftPlace =
  | { readonly kind: 'draft'; readonly id: string }
  | { readonly kind: 'sent' }
  | { readonly kind: 'nowhere' };

/** The drafts of outgoing rows in one mailbox. All methods reject as `GraphClient.request` does. */
export class GraphDrafts {
  readonly #client: GraphClient;

  constructor(client: GraphClient) {
    this.#client = client;
  }

  /** Resolves with the id of a new draft, without attachments. */
  async create(email: OutgoingEmail, to: ReadonlySet<string>): Promise<string> {
    const reply = await this.#client.request({
      method: 'POST',
      path: '/messages',
      prefer: immutableIds,
      json: draftOf(email, to),
      phase: 'draft',
    });
    return idOf(reply.json(), 'draft');
  }

  /** Makes a draft found again the row's own: its recipients may be fewer by now. */
  async address(id: string, email: OutgoingEmail, to: ReadonlySet<string>): Promise<void> {
    await this.#client.request({
      method: 'PATCH',
      path: `/messages/${encodeURIComponent(id)}`,
      prefer: immutableIds,
      json: recipientsOf(email, to),
      phase: 'draft',
    });
  }

  /** Adds the attachments that are not there yet. `isNew`: none can be. */
  async attach(id: string, email: OutgoingEmail, isNew: boolean): Promise<void> {
    const wanted = email.attachments ?? [];
    if (wanted.length === 0) return;
    const path = `/messages/${encodeURIComponent(id)}/attachments`;
    const there = isNew ? [] : await this.#attached(path);
    for (const file of wanted) {
      const found = there.indexOf(file.fileName);
      if (found >= 0) {
        there.splice(found, 1);
        continue;
      }
      if (file.content.length >= directLimitBytes) {
        await uploadAttachment(this.#client, path, file);
        continue;
      }
      await this.#client.request({
        method: 'POST',
        path,
        prefer: immutableIds,
        json: {
          '@odata.type': '#microsoft.graph.fileAttachment',
          name: file.fileName,
          contentType: file.mimeType,
          contentBytes: Buffer.from(file.content).toString('base64'),
        },
        phase: 'attach',
      });
    }
  }

  send(id: string): Promise<GraphReply> {
    return this.#client.request({
      method: 'POST',
      path: `/messages/${encodeURIComponent(id)}/send`,
      prefer: immutableIds,
      phase: 'send',
    });
  }

  /** Looks where the message of a row is: by the id of its draft, then by its Message-ID, in every folder. */
  async look(draftId: string | undefined, messageId: string): Promise<DraftPlace> {
    const known = draftId === undefined ? undefined : await this.#byId(draftId);
    if (known !== undefined) return known;
    const found = await this.#withMessageId('/messages', messageId);
    // What is no draft has been sent: also a copy in the Inbox of somebody who writes to himself.
    if (found.some(({ isDraft }) => !isDraft)) return { kind: 'sent' };
    const [draft] = found;
    return draft === undefined ? { kind: 'nowhere' } : { kind: 'draft', id: draft.id };
  }

  /** The copy in Sent Items, once it is there. */
  async sentCopy(messageId: string): Promise<string | undefined> {
    return (await this.#withMessageId('/mailFolders/sentitems/messages', messageId))[0]?.id;
  }

  async #attached(path: string): Promise<string[]> {
    const reply = await this.#client.request({
      path: `${path}?$select=id,name`,
      prefer: immutableIds,
      phase: 'attach',
    });
    return listOf(reply.json()).map((entry) => textOf(entry, 'name') ?? '');
  }

  /** Of a row that ended: moves it to Deleted Items. That it is gone already is as good. */
  async remove(id: string): Promise<void> {
    try {
      await this.#client.request({
        method: 'DELETE',
        path: `/messages/${encodeURIComponent(id)}`,
        prefer: immutableIds,
        phase: 'tidy',
      });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #byId(id: string): Promise<DraftPlace | undefined> {
    try {
      const reply = await this.#client.request({
        path: `/messages/${encodeURIComponent(id)}?$select=id,isDraft`,
        prefer: immutableIds,
        phase: 'evidence',
      });
      const message = reply.json();
      return isDraft(message) ? { kind: 'draft', id } : { kind: 'sent' };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async #withMessageId(
    folder: string,
    messageId: string,
  ): Promise<readonly { readonly id: string; readonly isDraft: boolean }[]> {
    const filter = encodeURIComponent(`internetMessageId eq '${messageId.replaceAll("'", "''")}'`);
    const reply = await this.#client.request({
      path: `${folder}?$filter=${filter}&$select=id,isDraft&$top=5`,
      prefer: immutableIds,
      phase: 'evidence',
    });
    return listOf(reply.json()).map((message) => ({
      id: idOf(message, 'evidence'),
      isDraft: isDraft(message),
    }));
  }
}

/** The item an id names is not there, or not at the moment. */
export function isGone(error: unknown): boolean {
  return error instanceof GraphFailure && error.status === 404 && error.classified.code === 'graph-item-gone';
}

function isDraft(message: unknown): boolean {
  return typeof message === 'object' && message !== null && Reflect.get(message, 'isDraft') === true;
}
