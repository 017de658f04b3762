import type { Life } from '../../simulators/index.ts';

type Stream = Awaited<ReturnType<Life['connector']['connect']>>;

/** A connection read by lines and by counted bytes, as the mail protocols are. */
export class LineClient {
  readonly #stream: Stream;
  #buffered = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.on('data', (chunk) => {
      this.#buffered = Buffer.concat([this.#buffered, chunk]);
      this.#wake?.();
    });
    const ended = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    stream.on('end', ended);
    stream.on('close', ended);
    stream.on('error', ended);
  }

  static async open(life: Life, host: string, port: number): Promise<LineClient> {
    return new LineClient(await life.connector.connect({ host, port, tls: true }));
  }

  /** Sends a line, CRLF added. */
  say(line: string): void {
    this.#stream.write(`${line}\r\n`);
  }

  /** A line without its CRLF, bytes as Latin-1. Rejects when the connection ends before. */
  async line(): Promise<string> {
    for (;;) {
      const at = this.#buffered.indexOf('\r\n');
      if (at >= 0) return this.#take(at, 2).toString('latin1');
      await this.#more();
    }
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#buffered.length < count) await this.#more();
    return this.#take(count, 0);
  }

  close(): void {
    this.#stream.end();
  }

  #take(count: number, skip: number): Buffer {
    const taken = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count + skip);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error('The server ended the connection in the middle of a session.');
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
