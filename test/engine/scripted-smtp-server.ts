import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** What the script may do at a step: say something, or end the connection. */
export type Step =
  | string
  /** Say nothing and cut the connection (RST). */
  | { readonly cut: 'before-reply' }
  /** Say this, in full, then cut. */
  | { readonly say: string; readonly cut: 'after-reply' }
  /** Say nothing at all. */
  | { readonly silent: true };

export interface Script {
  readonly greeting?: Step;
  readonly ehlo?: Step;
  readonly helo?: Step;
  readonly auth?: Step;
  readonly mail?: (n: number) => Step;
  readonly rcpt?: (address: string, n: number) => Step;
  readonly data?: (n: number) => Step;
  /** Called after so many bytes of the body; a cut there is one in the middle of the message. */
  readonly bodyCutAfterBytes?: number;
  readonly finalDot?: (n: number) => Step;
  readonly rset?: Step;
  readonly quit?: Step;
}

export interface Delivery {
  readonly to: readonly string[];
  readonly content: string;
}

/** An SMTP server that does as it is told, counting from 1 the messages it began (over all connections). */
export class ScriptedSmtpServer {
  readonly delivered: Delivery[] = [];
  readonly commands: string[] = [];
  connections = 0;
  openNow = 0;
  openAtMost = 0;
  #mails = 0;
  readonly #waiting: { readonly verb: string; readonly resolve: () => void }[] = [];
  readonly #server: Server;
  script: Script;

  constructor(script: Script = {}) {
    this.script = script;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves once a client has sent a command that begins so. */
  seen(verb: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ verb, resolve });
    });
  }

  close(): void {
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.openNow += 1;
    this.openAtMost = Math.max(this.openAtMost, this.openNow);
    socket.on('close', () => {
      this.openNow -= 1;
    });
    socket.on('error', () => undefined);
    let rest: Buffer = Buffer.alloc(0);
    let body: Buffer[] | undefined;
    let bodyBytes = 0;
    let to: string[] = [];
    let authLines = 0;
    let gone = false;
    const act = (step: Step, taken?: () => void): void => {
      if (typeof step === 'string') {
        taken?.();
        if (step !== '') socket.write(`${step}\r\n`);
      } else if ('say' in step) {
        taken?.();
        gone = true;
        socket.end(step.say);
      } else if ('cut' in step) {
        gone = true;
        socket.destroy();
      }
    };
    const command = (line: string) => {
      this.commands.push(line);
      for (const { verb, resolve } of this.#waiting) if (line.startsWith(verb)) resolve();
      const verb = line.slice(0, 4).toUpperCase();
      if (authLines > 0) {
        authLines -= 1;
        return act(authLines === 0 ? (this.script.auth ?? '235 2.7.0 ok') : '334 UGFzc3dvcmQ6');
      }
      switch (verb) {
        case 'EHLO':
          return act(
            this.script.ehlo ?? '250-scripted\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250 ENHANCEDSTATUSCODES',
          );
        case 'HELO':
          return act(this.script.helo ?? '250 scripted');
        case 'AUTH':
          if (line.startsWith('AUTH LOGIN')) {
            authLines = 2;
            return act('334 VXNlcm5hbWU6');
          }
          return act(this.script.auth ?? '235 2.7.0 ok');
        case 'MAIL':
          this.#mails += 1;
          to = [];
          return act(this.script.mail?.(this.#mails) ?? '250 2.1.0 ok');
        case 'RCPT': {
          const address = /<(.*)>/.exec(line)?.[1] ?? '';
          const step = this.script.rcpt?.(address, this.#mails) ?? '250 2.1.5 ok';
          return act(step, () => {
            // An answer nobody can read tells nothing about what the server thinks of the address.
            if (typeof step === 'string' && !/^[45]/.test(step)) to.push(address);
          });
        }
        case 'DATA': {
          const usual = to.length === 0 ? '554 5.5.1 no valid recipients' : '354 go';
          const step = this.script.data?.(this.#mails) ?? usual;
          return act(step, () => {
            if (typeof step === 'string' && step.startsWith('3')) {
              body = [];
              bodyBytes = 0;
            }
          });
        }
        case 'RSET':
          return act(this.script.rset ?? '250 2.0.0 ok');
        case 'QUIT':
          return act(this.script.quit ?? { say: '221 2.0.0 bye\r\n', cut: 'after-reply' });
        default:
          return act('502 5.5.2 what');
      }
    };
    socket.on('data', (chunk: Buffer) => {
      if (gone) return;
      rest = Buffer.concat([rest, chunk]);
      while (!gone) {
        if (body !== undefined) {
          bodyBytes += rest.length;
          const limit = this.script.bodyCutAfterBytes;
          if (limit !== undefined && bodyBytes >= limit) {
            gone = true;
            socket.destroy();
            return;
          }
          const all: Buffer = body.length === 0 ? rest : Buffer.concat([...body, rest]);
          const empty = all.subarray(0, 3).toString('latin1') === '.\r\n';
          const end = empty ? -2 : all.indexOf('\r\n.\r\n');
          if (end < 0 && !empty) {
            body = [all];
            rest = Buffer.alloc(0);
            return;
          }
          const content = all.subarray(0, end + 2).toString('latin1');
          rest = all.subarray(end + 5);
          body = undefined;
          const step = this.script.finalDot?.(this.#mails) ?? '250 2.0.0 taken';
          // What a server that loses the reply did with the message is its secret: it took it.
          const takes = to.length > 0 && (typeof step !== 'string' || !/^[45]/.test(step));
          if (takes) this.delivered.push({ to, content });
          act(step);
          continue;
        }
        const at = rest.indexOf('\r\n');
        if (at < 0) return;
        const line = rest.subarray(0, at).toString('utf8');
        rest = rest.subarray(at + 2);
        command(line);
      }
    });
    act(this.script.greeting ?? '220 scripted ESMTP');
  }
}
