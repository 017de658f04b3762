/** Thrown for a body that is longer than was asked for. */
export class BodyTooLong extends Error {
  constructor(maximumBytes: number) {
    super(`The reply is longer than ${maximumBytes} bytes`);
    this.name = 'BodyTooLong';
  }
}

const nothing = new Uint8Array(0);

/** Reads a body whole; `onProgress` is told of every piece. Rejects as the stream does, or with `BodyTooLong`. */
export async function readBody(
  response: Response,
  maximumBytes: number,
  onProgress: () => void,
): Promise<Uint8Array> {
  if (response.body === null) return nothing;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    onProgress();
    length += value.length;
    if (length > maximumBytes) {
      // The rest of the body is of no interest, nor is how its end is taken.
      reader.cancel().catch(() => undefined);
      throw new BodyTooLong(maximumBytes);
    }
    pieces.push(value);
  }
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, length);
}
