import type { Duplex } from 'node:stream';
import { classifyImap } from '../errors/classify-imap.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { ByteStream, Connector, Endpoint } from '../ports/connector.ts';
import { socketOver } from './socket-over.ts';

const maxLineBytes = 64 * 1024;

/**
 * Connects, reads the greeting and secures the connection by STARTTLS (RFC 9051 6.2.1), which a server must offer. What
 * was told before TLS is forgotten, but for the greeting's text; what came unasked before it is refused.
 */
export async function startTls(
  connector: Pick<Connector, 'connect' | 'upgrade'>,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<{ readonly socket: Duplex; readonly greeting: string }> {
  const plain = await connector.connect(endpoint, signal);
  try {
    const lines = new Lines(plain, signal);
    const greeting = await lines.next();
    const [, status = '', text = ''] = /^\* (\w+) ?(.*)$/.exec(greeting) ?? [];
    if (status.toUpperCase() === 'BYE') throw new SyncError(classifyImap(text, 'greeting', 'BYE'));
    if (status.toUpperCase() !== 'OK')
      throw refused('The server has no sign-in before which STARTTLS could come; use TLS (port 993).');
    plain.write('S1 STARTTLS\r\n');
    let reply = await lines.next();
    while (reply.startsWith('* ')) reply = await lines.next();
    if (!/^S1 OK\b/i.test(reply)) {
      const told = reply.replace(/^S1 (?:NO|BAD) ?/i, '').slice(0, 300);
      throw refused(
        `The server refuses STARTTLS (${told}); use TLS from the first byte (port 993) or no TLS.`,
      );
    }
    // In the same turn as the reply: a byte that comes after it belongs to TLS.
    if (lines.detach() > 0)
      throw new SyncError({
        class: 'transient',
        code: 'imap-tls-injection',
        text: 'The server, or somebody on the way, sent more after its answer to STARTTLS.',
        phase: 'tls',
      });
    const encrypted = await connector.upgrade(plain, endpoint, signal);
    return { socket: socketOver(encrypted, '* OK ready\r\n'), greeting: text };
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

function refused(text: string): SyncError {
  return new SyncError({ class: 'config', code: 'imap-tls-not-offered', text, phase: 'tls' });
}

/** The lines of a plaintext dialogue, one at a time; each is handed over in the turn its last byte came in. */
class Lines {
  readonly #stream: ByteStream;
  #buffered = '';
  #failed: Error | undefined;
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  readonly #heard = (chunk: Buffer): void => {
    this.#buffered += chunk.toString('latin1');
    if (this.#buffered.length > maxLineBytes) this.#fail(lost('The server sends a line without an end.'));
    else this.#give();
  };
  readonly #ended = (): void => this.#fail(lost('The server closed the connection while it was set up.'));
  readonly #broke = (error: Error): void => this.#fail(error);

  constructor(stream: ByteStream, signal: AbortSignal) {
    this.#stream = stream;
    stream.on('data', this.#heard);
    stream.on('end', this.#ended);
    stream.on('close', this.#ended);
    stream.on('error', this.#broke);
    signal.addEventListener('abort', () => this.#fail(lost('The connection was given up.')), { once: true });
  }

  next(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#failed !== undefined) reject(this.#failed);
      else this.#give();
    });
  }

  /** Hears no more; how much was heard beyond the last line. */
  detach(): number {
    this.#stream.removeListener('data', this.#heard);
    this.#stream.removeListener('end', this.#ended);
    this.#stream.removeListener('close', this.#ended);
    return this.#buffered.length;
  }

  #give(): void {
    const at = this.#buffered.indexOf('\n');
    if (at < 0 || this.#waiting === undefined) return;
    const line = this.#buffered.slice(0, at).replace(/\r$/, '');
    this.#buffered = this.#buffered.slice(at + 1);
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(line);
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#waiting?.reject(this.#failed);
    this.#waiting = undefined;
  }
}

function lost(text: string): Error {
  return Object.assign(new Error(text), { code: 'ECONNRESET' });
}
