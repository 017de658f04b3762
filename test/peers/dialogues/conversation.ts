import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * A line-by-line talk with a server over TCP: what is sent is exactly what the script says, what comes back is read
 * line by line (CRLF, as latin1, so that every byte counts).
 */
export class Conversation {
  #socket: Socket;
  #buffer = '';
  #ended = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#attach(socket);
  }

  static async open(port: number): Promise<Conversation> {
    const socket = connectTcp(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Conversation(socket);
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** The next line without its CRLF, or undefined when the server closed the connection. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#buffer.slice(0, end);
        this.#buffer = this.#buffer.slice(end + 2);
        return line;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Goes on encrypted, after STLS or STARTTLS was answered; false when the server wants no handshake any more. */
  async startTls(ca: string): Promise<boolean> {
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('close');
    const secured = connectTls({ socket: this.#socket, ca, servername: 'localhost' });
    const done = await once(secured, 'secureConnect').then(
      () => true,
      () => false,
    );
    this.#attach(secured);
    this.#socket = secured;
    this.#ended = !done;
    return done;
  }

  /** Drops the connection without a word. */
  drop(): void {
    this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    const wake = () => {
      this.#wake?.();
      this.#wake = undefined;
    };
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      this.#buffer += chunk.toString('latin1');
      wake();
    });
    socket.on('error', () => undefined); // followed by `close`, which ends the talk
    socket.on('close', () => {
      this.#ended = true;
      wake();
    });
  }
}
