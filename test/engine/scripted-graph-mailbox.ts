import { classifyGraph } from '../../engine/errors/classify-graph.ts';
import type { GraphAccess } from '../../engine/graph/graph-access.ts';
import type { GraphReply, GraphRequest } from '../../engine/graph/graph-client.ts';
import { GraphFailure } from '../../engine/graph/graph-failure.ts';

interface Message {
  folderId: string;
  raw: string;
  receivedOn: number;
  categories: readonly string[];
  changeKey: number;
}

/** A mailbox that answers what an incoming cycle asks of Graph, below HTTP, with faults by the test's own hand. */
export class ScriptedGraphMailbox implements GraphAccess {
  readonly messages = new Map<string, Message>();
  readonly folders = new Map<string, { name: string; parentId: string | undefined }>([
    ['root', { name: 'Top', parentId: undefined }],
    ['INBOX', { name: 'Inbox', parentId: 'root' }],
  ]);
  /** `GET delta`, `PATCH m1`, … */
  readonly requests: string[] = [];
  /** Thrown, or answered with, instead of an answer. */
  fault: (request: GraphRequest) => GraphFailure | object | undefined = () => undefined;
  /** Links of another generation are dead. */
  generation = 1;
  readonly #journal: { folderId: string; id: string }[] = [];

  put(id: string, raw = `Subject: ${id}\r\n\r\n${id}\r\n`, changes: Partial<Message> = {}): void {
    const message = { folderId: 'INBOX', raw, receivedOn: 1_000, categories: [], changeKey: 1, ...changes };
    this.messages.set(id, message);
    this.#journal.push({ folderId: message.folderId, id });
  }

  change(id: string, changes: Partial<Message>): void {
    const message = this.messages.get(id);
    if (message === undefined) throw new Error(`There is no message ${id}.`);
    const before = message.folderId;
    Object.assign(message, changes);
    message.changeKey += 1;
    this.#journal.push({ folderId: before, id });
    if (message.folderId !== before) this.#journal.push({ folderId: message.folderId, id });
  }

  remove(id: string): void {
    const message = this.messages.get(id);
    this.messages.delete(id);
    if (message !== undefined) this.#journal.push({ folderId: message.folderId, id });
  }

  /** Lists the message again in its folder's changes, as it is. */
  repeat(id: string, folderId = this.messages.get(id)?.folderId ?? 'INBOX'): void {
    this.#journal.push({ folderId, id });
  }

  /** Requests since the last call. */
  asked(): readonly string[] {
    return this.requests.splice(0);
  }

  static failure(status: number, code: string, phase = 'x', retryAfterMs?: number): GraphFailure {
    const classified = classifyGraph({ status, code, message: code, retryAfterMs }, phase);
    return new GraphFailure(classified, { sent: 'refused', status, graphCode: code });
  }

  client(): { request(request: GraphRequest): Promise<GraphReply> } {
    return {
      request: async (request) => {
        const { pathname, searchParams } = new URL(request.path, 'https://graph.test');
        const parts = pathname.split('/').slice(1).map(decodeURIComponent);
        const what = parts.includes('delta') ? 'delta' : parts.slice(1).join('/');
        this.requests.push(`${request.method ?? 'GET'} ${what}`);
        const fault = this.fault(request);
        if (fault instanceof Error) throw fault;
        return reply(fault ?? this.#answer(request, parts, searchParams));
      },
    };
  }

  #answer(request: GraphRequest, parts: string[], query: URLSearchParams): object | string | undefined {
    const [kind, id = '', what] = parts;
    if (what === 'messages') return this.#changes(request, id, query);
    if (kind === 'mailFolders') {
      const folderId = id === 'inbox' ? 'INBOX' : id;
      if (what === 'childFolders') return { value: this.#children(folderId) };
      return this.#folder(folderId) ?? gone(request);
    }
    if (kind === 'messages' && id === '') {
      const [, wanted] = /internetMessageId eq '(.*)'/.exec(query.get('$filter') ?? '') ?? [];
      const found = [...this.messages].filter(([, { raw }]) => raw.includes(`Message-ID: ${wanted}\r\n`));
      return { value: found.map(([messageId]) => ({ id: messageId })) };
    }
    const message = this.messages.get(id);
    if (message === undefined) return gone(request);
    if (what === '$value') return message.raw;
    if (request.method === 'DELETE') return this.remove(id) as undefined;
    if (request.method === 'PATCH') {
      const match = request.headers?.['If-Match'];
      if (match !== undefined && match !== etag(message))
        throw ScriptedGraphMailbox.failure(412, 'ErrorIrresolvableConflict');
      // The engine sends nothing else.
      this.change(id, request.json as { categories: readonly string[] });
    }
    return { ...rendered(id, message), parentFolderId: message.folderId };
  }

  #changes(request: GraphRequest, folder: string, query: URLSearchParams): object {
    const folderId = folder === 'inbox' ? 'INBOX' : folder;
    const size = Number(/maxpagesize=(\d+)/.exec(request.prefer?.join() ?? '')?.[1] ?? 10);
    const generation = Number(query.get('generation') ?? this.generation);
    if (generation !== this.generation)
      throw ScriptedGraphMailbox.failure(410, 'SyncStateNotFound', request.phase);
    if (!this.folders.has(folderId))
      throw ScriptedGraphMailbox.failure(404, 'ErrorItemNotFound', request.phase);
    const link = (state: Record<string, number>): string => {
      const values = { ...state, generation: this.generation };
      const text = Object.entries(values).map(([name, value]) => `${name}=${value}`);
      return `https://graph.test/mailFolders/${folder}/messages/delta?${text.join('&')}`;
    };
    const since = query.get('since');
    if (since !== null) {
      const until = Math.min(this.#journal.length, Number(since) + size);
      const entries = this.#journal
        .slice(Number(since), until)
        .filter((entry) => entry.folderId === folderId);
      const value = entries.map(({ id }) => {
        const message = this.messages.get(id);
        if (message?.folderId !== folderId) return { id, '@removed': { reason: 'deleted' } };
        return rendered(id, message);
      });
      const done = until === this.#journal.length;
      return { value, [done ? '@odata.deltaLink' : '@odata.nextLink']: link({ since: until }) };
    }
    const start = Number(query.get('start') ?? this.#journal.length);
    const offset = Number(query.get('offset') ?? 0);
    const here = [...this.messages].filter(([, message]) => message.folderId === folderId);
    const value = here.slice(offset, offset + size).map(([id, message]) => rendered(id, message));
    const next = offset + size;
    if (next < here.length) return { value, '@odata.nextLink': link({ offset: next, start }) };
    return { value, '@odata.deltaLink': link({ since: start }) };
  }

  #children(parentId: string): readonly object[] {
    return [...this.folders].flatMap(([id, folder]) =>
      folder.parentId === parentId ? [this.#folder(id)!] : [],
    );
  }

  #folder(id: string): object | undefined {
    const folder = this.folders.get(id);
    return folder === undefined
      ? undefined
      : { id, displayName: folder.name, parentFolderId: folder.parentId };
  }
}

const etag = ({ changeKey }: Message): string => `W/"${changeKey}"`;

function rendered(id: string, message: Message): object {
  return {
    id,
    '@odata.etag': etag(message),
    receivedDateTime: new Date(message.receivedOn).toISOString(),
    categories: message.categories,
    isDraft: false,
  };
}

function gone(request: GraphRequest): never {
  throw ScriptedGraphMailbox.failure(404, 'ErrorItemNotFound', request.phase);
}

function reply(body: object | string | undefined): GraphReply {
  return {
    status: 200,
    headers: new Headers(),
    json: () => body,
    bytes: () => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? '')),
  };
}
