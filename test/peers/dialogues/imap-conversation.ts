import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One IMAP session over TCP: a command at a time, literals sent as the server lets them in. */
export class ImapConversation {
  readonly #socket: Socket;
  #buffer = '';
  #ended = false;
  #wake: (() => void) | undefined;
  #tags = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
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

  /** Connects and reads the greeting. */
  static async open(port: number): Promise<ImapConversation> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const conversation = new ImapConversation(socket);
    await conversation.#line();
    return conversation;
  }

  /** Sends a command; what follows a line that ends in `{n}` waits for the server's `+`. All lines of the answer. */
  async command(text: string): Promise<readonly string[]> {
    const waited = /^\(wait for (\w+)\)$/.exec(text)?.[1];
    if (waited !== undefined) return this.#until(waited);
    const tag = text === 'DONE' ? `t${this.#tags}` : `t${++this.#tags}`;
    const sent = text === 'DONE' ? text : `${tag} ${text}`;
    return this.#exchange(tag, `${sent}\r\n`.split(/(?<=\{\d+\}\r\n)/), text === 'IDLE');
  }

  /** `APPEND mailbox date` with the message as it is. All lines of the answer. */
  async append(mailbox: string, date: string, message: Buffer): Promise<readonly string[]> {
    const tag = `t${++this.#tags}`;
    const head = `${tag} APPEND ${mailbox} "${date}" {${message.length}}\r\n`;
    return this.#exchange(tag, [head, `${message.toString('latin1')}\r\n`], false);
  }

  async #exchange(tag: string, pieces: readonly string[], idles: boolean): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const piece of pieces) {
      this.#socket.write(piece, 'latin1');
      for (;;) {
        const line = await this.#line();
        if (line === undefined) return [...lines, '(closed)'];
        if (line.startsWith('+')) {
          if (piece !== pieces.at(-1)) break;
          lines.push('+');
          // An exchange (IDLE) goes on with the next command.
          if (idles) return lines;
          continue;
        }
        lines.push(line.startsWith(`${tag} `) ? `tagged${line.slice(tag.length)}` : line);
        if (line.startsWith(`${tag} `)) return lines;
      }
    }
    return lines;
  }

  /** What the server says of itself, up to a line that ends in a word. */
  async #until(word: string): Promise<readonly string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line();
      lines.push(line ?? '(closed)');
      if (line === undefined || line.endsWith(word)) return lines;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The next line with the literals in it, undefined when the server closed the connection. */
  async #line(): Promise<string | undefined> {
    let from = 0;
    for (;;) {
      const end = this.#buffer.indexOf('\r\n', from);
      if (end >= 0) {
        const literal = /\{(\d+)\}$/.exec(this.#buffer.slice(0, end));
        const next = end + 2 + Number(literal?.[1] ?? 0);
        if (literal === null) {
          const line = this.#buffer.slice(0, end);
          this.#buffer = this.#buffer.slice(next);
          return line;
        }
        if (this.#buffer.length >= next) {
          from = next;
          continue;
        }
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
