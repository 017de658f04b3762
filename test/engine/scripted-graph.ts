type Json = Record<string, unknown>;

interface Item {
  readonly id: string;
  draft: Json;
  isDraft: boolean;
  /** Not to be seen before. */
  visibleFrom: number;
  folder: 'drafts' | 'sentitems' | 'deleteditems';
  readonly attachments: { readonly name: string; content: Buffer; readonly size: number }[];
}

/** What happens at a request instead of its answer, before or after it is carried out. */
export interface GraphFault {
  /** `POST /messages/{id}/send`, as `requests` shows it. */
  readonly at: string;
  /** Which of those requests, from 1; default all. */
  readonly nth?: number;
  /** It is carried out all the same. */
  readonly done?: boolean;
  readonly answer: () => Response | Promise<Response>;
}

/** As much of Graph's mail as sending by drafts needs: a mailbox with state, and answers to be put in its place. */
export class ScriptedGraph {
  readonly requests: string[] = [];
  readonly faults: GraphFault[] = [];
  readonly items: Item[] = [];
  /** How long an item that was sent is nowhere before it is in Sent Items. */
  moveMs = 0;
  readonly #now: () => number;
  readonly #sent: { readonly messageId: string; readonly to: readonly string[] }[] = [];
  #ids = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `name address` of every copy that left, in order. */
  copies(): readonly string[] {
    return this.#sent.flatMap(({ messageId, to }) =>
      to.map((address) => `${messageId.slice(1).split('@')[0]} ${address}`),
    );
  }

  inFolder(folder: Item['folder']): readonly Item[] {
    return this.items.filter((item) => item.folder === folder);
  }

  readonly handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const path = url.pathname.replace('/v1.0/users/ann%40example.org', '');
    const operation = `${request.method} ${path.replace(/\/(?:item|upload)-\d+/g, '/{id}')}`;
    this.requests.push(operation);
    const nth = this.requests.filter((one) => one === operation).length;
    const fault = this.faults.find((one) => one.at === operation && (one.nth ?? nth) === nth);
    if (fault !== undefined && fault.done !== true) return fault.answer();
    const answer = await this.#answer(request, operation, path, url.searchParams);
    return fault === undefined ? answer : fault.answer();
  };

  async #answer(
    request: Request,
    operation: string,
    path: string,
    query: URLSearchParams,
  ): Promise<Response> {
    const id = /\/((?:item|upload)-\d+)/.exec(path)?.[1];
    const item = this.items.find((one) => one.id === id && one.visibleFrom <= this.#now());
    switch (operation) {
      case 'POST /messages': {
        this.#ids += 1;
        const draft = (await request.json()) as Json;
        const made: Item = {
          id: `item-${this.#ids}`,
          draft,
          isDraft: true,
          visibleFrom: 0,
          folder: 'drafts',
          attachments: [],
        };
        this.items.push(made);
        return Response.json({ id: made.id, isDraft: true }, { status: 201 });
      }
      case 'GET /messages':
        return this.#list(this.items, query);
      case 'GET /mailFolders/sentitems/messages':
        return this.#list(this.inFolder('sentitems'), query);
      case 'PUT /upload-session/{id}':
        return this.#upload(request, path);
      case 'GET /upload-session/{id}':
        return this.#uploadState(path);
      default:
    }
    if (item === undefined) return refusal(404, 'ErrorItemNotFound');
    switch (operation) {
      case 'GET /messages/{id}':
        return Response.json({ id: item.id, isDraft: item.isDraft });
      case 'PATCH /messages/{id}':
        item.draft = { ...item.draft, ...((await request.json()) as Json) };
        return Response.json({ id: item.id });
      case 'DELETE /messages/{id}':
        item.folder = 'deleteditems';
        return new Response(null, { status: 204 });
      case 'POST /messages/{id}/send':
        if (!item.isDraft) return refusal(404, 'ErrorItemNotFound');
        item.isDraft = false;
        item.folder = 'sentitems';
        item.visibleFrom = this.#now() + this.moveMs;
        this.#sent.push({ messageId: messageIdOf(item), to: recipientsOf(item) });
        return new Response(null, { status: 202 });
      case 'GET /messages/{id}/attachments':
        return Response.json({ value: item.attachments.filter(isWhole).map(({ name }) => ({ name })) });
      case 'POST /messages/{id}/attachments': {
        const { name, contentBytes } = (await request.json()) as { name: string; contentBytes: string };
        const content = Buffer.from(contentBytes, 'base64');
        item.attachments.push({ name, content, size: content.length });
        return Response.json({ id: 'attachment' }, { status: 201 });
      }
      case 'POST /messages/{id}/attachments/createUploadSession': {
        const { AttachmentItem: file } = (await request.json()) as {
          AttachmentItem: { name: string; size: number };
        };
        item.attachments.push({ name: file.name, content: Buffer.alloc(0), size: file.size });
        const uploadUrl = `https://upload.test/upload-session/${item.id.replace('item', 'upload')}`;
        return Response.json({ uploadUrl, nextExpectedRanges: ['0-'] }, { status: 201 });
      }
      default:
        return refusal(405, 'MethodNotAllowed');
    }
  }

  #list(items: readonly Item[], query: URLSearchParams): Response {
    const wanted = /^internetMessageId eq '(.*)'$/.exec(query.get('$filter') ?? '')?.[1];
    const found = items.filter((item) => messageIdOf(item) === wanted && item.visibleFrom <= this.#now());
    return Response.json({ value: found.map(({ id, isDraft }) => ({ id, isDraft })) });
  }

  async #upload(request: Request, path: string): Promise<Response> {
    if (request.headers.has('authorization')) return refusal(401, 'InvalidAuthenticationToken');
    const file = this.#uploading(path);
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers.get('content-range') ?? '');
    const bytes = Buffer.from(await request.arrayBuffer());
    if (file === undefined || range === null || Number(range[1]) !== file.content.length)
      return refusal(416, 'invalidRange');
    if (bytes.length >= 4 * 1024 * 1024) return refusal(413, 'ErrorMessageSizeExceeded');
    file.content = Buffer.concat([file.content, bytes]);
    return isWhole(file) ? new Response(null, { status: 201 }) : this.#uploadState(path);
  }

  #uploadState(path: string): Response {
    const file = this.#uploading(path);
    return Response.json({ nextExpectedRanges: file === undefined ? [] : [`${file.content.length}-`] });
  }

  #uploading(path: string) {
    const id = path.split('/').at(-1)?.replace('upload', 'item');
    return this.items.find((item) => item.id === id)?.attachments.findLast((file) => !isWhole(file));
  }
}

/** The connection is lost where the answer should be. */
export function resetConnection(): never {
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  });
}

/** An answer of Graph that is an error. */
export function refusal(status: number, code: string, message = '', retryAfter?: string): Response {
  return Response.json(
    { error: { code, message } },
    { status, headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter } },
  );
}

function isWhole({ content, size }: { readonly content: Buffer; readonly size: number }): boolean {
  return content.length === size;
}

function messageIdOf({ draft }: Item): string {
  return String(draft.internetMessageId);
}

function recipientsOf({ draft }: Item): readonly string[] {
  return (['toRecipients', 'ccRecipients', 'bccRecipients'] as const).flatMap((role) =>
    // Drafts come from the engine, whose shape this is.
    ((draft[role] ?? []) as { emailAddress: { address: string } }[]).map(
      ({ emailAddress }) => emailAddress.address,
    ),
  );
}
