import type { Clock } from '../clock/clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { Manner } from '../rules/outcome.ts';
import { type BodyEnd, streamedReply } from './body-stream.ts';
import type { HttpWire } from './http-handler.ts';
import { fetchFailed, lostConnection } from './lost-connection.ts';
import { silence } from './silence.ts';

/** A reply before anything happens to it. */
export interface PlainReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | undefined;
}

export interface ReplyFate {
  /** What rules at phase `reply` want, which concerns the head. */
  readonly head: Manner | undefined;
  /** What rules at phase `body` want. */
  readonly body: Manner | undefined;
  readonly wire: HttpWire | undefined;
  readonly connection: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** By the Fetch standard these have no body, not even an empty one. */
const bodyless = new Set([204, 205, 304]);

/** Makes the reply that leaves, with all that rules do to it. Rejects where its head does not survive. */
export async function finishReply(reply: PlainReply, fate: ReplyFate): Promise<Response> {
  const { status, headers } = reply;
  const { head, wire } = fate;
  if (head !== undefined) {
    if (head.garbage !== undefined)
      throw fetchFailed('HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/, RTSP/ or ICE/');
    if (head.cut !== undefined) {
      if (head.cut.end === 'half-open') return silence(fate.signal);
      throw lostConnection(head.cut.end);
    }
    // The second reply belongs to no request: a client closes the connection on it.
    if (head.duplicate === true) headers.Connection = 'close';
  }
  if (bodyless.has(status)) return new Response(null, { status, headers });
  const shaped = wire?.bytesPerSecond !== undefined || wire?.maxPacketBytes !== undefined;
  if (fate.body === undefined && head?.corruptBytes === undefined && head?.lies === undefined && !shaped) {
    headers['Content-Length'] = String(byteLength(reply.body));
    // Its bytes are never in shared memory, which is all that the types of Response would have of them.
    return new Response(reply.body as string | Uint8Array<ArrayBuffer> | undefined, { status, headers });
  }
  return bent(reply, fate);
}

function bent({ status, headers, body }: PlainReply, fate: ReplyFate): Response {
  const { head, wire, clock, signal, entropy, connection } = fate;
  const manner: Manner = { ...head, ...fate.body };
  let bytes: Buffer = Buffer.from(body ?? '');
  if (manner.corruptBytes !== undefined) bytes = corrupted(bytes, manner.corruptBytes, entropy, connection);
  if (manner.duplicate === true && fate.body?.duplicate === true) bytes = Buffer.concat([bytes, bytes]);
  if (manner.garbage !== undefined) bytes = Buffer.concat([Buffer.from(manner.garbage.join('')), bytes]);
  const declaredBytes = Math.max(0, bytes.length + (manner.lies?.['CONTENT-LENGTH'] ?? 0));
  headers['Content-Length'] = String(declaredBytes);
  let end: BodyEnd = 'whole';
  if (declaredBytes > bytes.length) end = 'close';
  // A client reads as much as it was told of.
  else bytes = bytes.subarray(0, declaredBytes);
  if (manner.cut !== undefined) {
    const { afterBytes, afterShare = 0.5 } = manner.cut;
    bytes = bytes.subarray(0, afterBytes ?? Math.floor(bytes.length * afterShare));
    end = manner.cut.end;
  }
  return streamedReply(bytes, { status, headers }, { wire, end, clock, signal });
}

/** Changes up to `count` bytes, drawn by name. */
function corrupted(body: Buffer, count: number, entropy: Entropy, connection: string): Buffer {
  const changed = Buffer.from(body);
  for (let n = 0; n < count && changed.length > 0; n += 1) {
    const at = entropy.uint32('http.corrupt', connection) % changed.length;
    changed[at] = changed[at] === 0x58 ? 0x59 : 0x58;
  }
  return changed;
}

function byteLength(body: string | Uint8Array | undefined): number {
  if (body === undefined) return 0;
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}
