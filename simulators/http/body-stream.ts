import { type Clock, sleep } from '../clock/clock.ts';
import type { Ending } from '../network/end-connection.ts';
import type { HttpWire } from './http-handler.ts';
import { brokenBody } from './lost-connection.ts';
import { silence } from './silence.ts';

/** How the body ends: as it should, or with its connection. */
export type BodyEnd = 'whole' | Ending;

const ends = new WeakMap<Response, Promise<BodyEnd>>();

/** When the body of a reply made by `streamedReply` is over, and how; undefined for one that is there at once. */
export function endOfBody(response: Response): Promise<BodyEnd> | undefined {
  return ends.get(response);
}

/** A reply with a body as `bodyStream` makes it. */
export function streamedReply(
  bytes: Uint8Array,
  init: ResponseInit,
  how: Parameters<typeof bodyStream>[1],
): Response {
  const ended = Promise.withResolvers<BodyEnd>();
  const response = new Response(bodyStream(bytes, how, ended.resolve), init);
  ends.set(response, ended.promise);
  return response;
}

/**
 * A body that arrives in pieces, no faster than the wire lets it, and ends as told. Pieces are given as they are asked
 * for, so that a reader gets all that came before the end.
 */
function bodyStream(
  bytes: Uint8Array,
  how: {
    readonly wire: HttpWire | undefined;
    readonly end: BodyEnd;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
  ended: (how: BodyEnd) => void,
): ReadableStream<Uint8Array> {
  const { wire = {}, end, clock, signal } = how;
  const { maxPacketBytes = Math.max(1, bytes.length), bytesPerSecond = Number.POSITIVE_INFINITY } = wire;
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at < bytes.length) {
          const piece = bytes.subarray(at, at + maxPacketBytes);
          at += piece.length;
          const takesMs = (piece.length * 1000) / bytesPerSecond;
          if (takesMs > 0) await Promise.race([sleep(clock, takesMs), silence(signal)]);
          controller.enqueue(piece);
        } else if (end === 'half-open') await silence(signal);
        else {
          ended(end);
          if (end === 'whole') controller.close();
          else controller.error(brokenBody(end));
        }
      },
      cancel: () => ended('close'),
    },
    { highWaterMark: 0 },
  );
}
