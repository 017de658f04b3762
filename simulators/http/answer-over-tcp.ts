import type { IncomingMessage, ServerResponse } from 'node:http';
import { endConnection } from '../network/end-connection.ts';
import type { HttpArrival, HttpHandler } from './http-handler.ts';
import { lostCode } from './lost-connection.ts';

/** Carries one exchange of a real HTTP server to a handler and its answer, or its end, back. Never rejects. */
export async function answerOverTcp(
  handler: HttpHandler,
  arrival: HttpArrival | undefined,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { socket } = incoming;
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  try {
    const body = await bytesOf(incoming);
    const request = new Request(urlOf(incoming, arrival), {
      method: incoming.method ?? 'GET',
      headers: headersOf(incoming),
      signal: gone.signal,
      // Fetch has no bodies for these.
      ...(incoming.method !== 'GET' && incoming.method !== 'HEAD' && body.length > 0 && { body }),
    });
    await send(await handler(request, arrival), outgoing);
  } catch (error) {
    if (gone.signal.aborted) return;
    switch (lostCode(error)) {
      case undefined:
        if (outgoing.headersSent) endConnection(socket, 'reset');
        else outgoing.writeHead(500).end();
        return;
      case 'ECONNRESET':
        endConnection(socket, 'reset');
        return;
      case 'HPE_INVALID_CONSTANT':
        socket.end('?\r\n\r\n');
        return;
      default:
        socket.destroy();
    }
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  const length = Number(response.headers.get('content-length'));
  const reader = response.body?.getReader();
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || value === undefined) break;
    // A reply that is there at once leaves in one write.
    if (value.length === length) {
      outgoing.end(value);
      return;
    }
    outgoing.write(value);
    // Else what follows, an end of the connection perhaps, could overtake it.
    await new Promise<void>((resolve) => outgoing.write('', () => resolve()));
  }
  outgoing.end();
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function urlOf(
  { url = '/', headers: { host = 'localhost' } }: IncomingMessage,
  arrival?: HttpArrival,
): string {
  return `${arrival?.encrypted === false ? 'http' : 'https'}://${host}${url}`;
}

function headersOf({ headersDistinct }: IncomingMessage): [string, string][] {
  return Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
}
