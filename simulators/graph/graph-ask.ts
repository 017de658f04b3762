/** A request, or a part of a batch, before it is known what it is about. */
export interface GraphAsk {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal;
}

const none = new Uint8Array(0);

/** Reads a request whole: operations have their body when they begin. */
export async function readAsk(request: Request): Promise<GraphAsk> {
  const { method, headers, signal } = request;
  const bytes =
    method === 'GET' || request.body === null ? none : new Uint8Array(await request.arrayBuffer());
  return { method, url: new URL(request.url), headers, bytes, signal };
}
