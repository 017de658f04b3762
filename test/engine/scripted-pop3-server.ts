import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What the server does at a command: bytes to send as they are, or an end to the connection. */
export type Answer =
  | string
  | { readonly say: string; readonly end: 'close' | 'reset' }
  | { readonly silent: true };

export interface Maildrop {
  readonly uidl: string;
  readonly bytes: string;
}

/** A session of the server: what it was told, and what it has marked. */
export interface Pop3Visit {
  readonly commands: string[];
  /** Commands by the chunk they came in, to see what was sent ahead. */
  readonly writes: string[][];
  readonly marked: Set<number>;
  quit: boolean;
}

export interface Pop3Script {
  greeting?: Answer;
  /** Lines of CAPA; undefined refuses it. */
  capa?: readonly string[] | undefined;
  /** Overrides the answer to one command line; undefined leaves it to the server. */
  answer?: (line: string, visit: Pop3Visit, ordinal: number) => Answer | undefined;
}

/** A POP3 server over loopback TCP with a maildrop, that does as it is told where it is told. */
export class ScriptedPop3Server {
  maildrop: Maildrop[];
  script: Pop3Script;
  readonly visits: Pop3Visit[] = [];
  openNow = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(script: Pop3Script = {}, maildrop: readonly Maildrop[] = []) {
    this.script = script;
    this.maildrop = [...maildrop];
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  get last(): Pop3Visit {
    const visit = this.visits.at(-1);
    if (visit === undefined) throw new Error('Nobody came.');
    return visit;
  }

  #serve(socket: Socket): void {
    const visit: Pop3Visit = { commands: [], writes: [], marked: new Set(), quit: false };
    const snapshot = [...this.maildrop];
    this.visits.push(visit);
    this.openNow += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.openNow -= 1;
      this.#sockets.delete(socket);
    });
    const act = (answer: Answer): void => {
      if (typeof answer === 'string') socket.write(answer, 'latin1');
      else if ('say' in answer) {
        if (answer.end === 'close') socket.end(answer.say, 'latin1');
        else socket.write(answer.say, 'latin1', () => socket.resetAndDestroy());
      }
    };
    act(this.script.greeting ?? '+OK ready\r\n');
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      visit.writes.push(lines);
      for (const line of lines) {
        visit.commands.push(line);
        const told = this.script.answer?.(line, visit, visit.commands.length);
        act(told ?? this.#usual(line, visit, snapshot));
      }
    });
  }

  #usual(line: string, visit: Pop3Visit, drop: readonly Maildrop[]): Answer {
    const [verb = '', first = '', second = ''] = line.split(' ');
    const number = Number(first);
    const message = drop[number - 1];
    const listed = drop.map((each, index) => ({ ...each, number: index + 1 }));
    switch (verb.toUpperCase()) {
      case 'CAPA':
        return this.script.capa === undefined
          ? '-ERR unknown command\r\n'
          : multi(this.script.capa.map((each) => `${each}\r\n`).join(''));
      case 'USER':
      case 'PASS':
      case 'APOP':
        return '+OK\r\n';
      case 'UIDL':
        return multi(listed.map((each) => `${each.number} ${each.uidl}\r\n`).join(''));
      case 'LIST':
        return multi(listed.map((each) => `${each.number} ${each.bytes.length}\r\n`).join(''));
      case 'RETR':
        return message === undefined ? '-ERR no such message\r\n' : multi(message.bytes);
      case 'TOP': {
        if (message === undefined) return '-ERR no such message\r\n';
        const [headers = ''] = message.bytes.split('\r\n\r\n');
        return multi(`${headers}\r\n\r\n${second === '0' ? '' : message.bytes}`);
      }
      case 'DELE':
        visit.marked.add(number);
        return '+OK\r\n';
      case 'QUIT':
        visit.quit = true;
        this.maildrop = this.maildrop.filter((each) => !this.#isMarked(each, drop, visit));
        return { say: '+OK bye\r\n', end: 'close' };
      default:
        return '-ERR unknown command\r\n';
    }
  }

  #isMarked(each: Maildrop, drop: readonly Maildrop[], visit: Pop3Visit): boolean {
    return visit.marked.has(drop.indexOf(each) + 1);
  }
}

/** A multi-line reply (RFC 1939 3). */
export function multi(body: string): string {
  return `+OK\r\n${body.replace(/(^|\r\n)\./g, '$1..')}.\r\n`;
}
