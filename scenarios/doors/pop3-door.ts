import type { Life, Provider } from '../../simulators/index.ts';
import { bearerOf } from './bearer.ts';
import type { Door, DoorAct, DoorKey, DoorView, SeenMessage } from './door.ts';
import { LineClient } from './line-client.ts';
import { seen } from './seen.ts';

/** POP3 (RFC 1939): the Inbox alone, and deletion. */
export class Pop3Door implements Door {
  readonly name = 'pop3';
  readonly #life: Life;
  readonly #provider: Provider;
  readonly #key: DoorKey;

  constructor(life: Life, provider: Provider, key: DoorKey) {
    this.#life = life;
    this.#provider = provider;
    this.#key = key;
  }

  view(): Promise<DoorView> {
    return this.#session(async (client) => new Map([['inbox', await allIn(client)]]));
  }

  async act(what: DoorAct): Promise<void> {
    if (what.kind !== 'delete') return;
    await this.#session(async (client) => {
      const messages = await allIn(client);
      const at = messages.findIndex(({ subject }) => subject === what.subject);
      if (at >= 0) await ask(client, `DELE ${at + 1}`);
    });
  }

  async #session<T>(work: (client: LineClient) => Promise<T>): Promise<T> {
    const { host, tlsPort } = this.#provider.pop3;
    const client = await LineClient.open(this.#life, host, tlsPort);
    try {
      await good(client);
      if (this.#provider.profile.pop3?.sasl.includes('XOAUTH2')) {
        client.say('AUTH XOAUTH2');
        await client.line();
        await ask(client, bearerOf(this.#key));
      } else {
        await ask(client, `USER ${this.#key.address}`);
        await ask(client, `PASS ${this.#key.secret}`);
      }
      const result = await work(client);
      await ask(client, 'QUIT');
      return result;
    } finally {
      client.close();
    }
  }
}

async function allIn(client: LineClient): Promise<SeenMessage[]> {
  const [count = '0'] = (await ask(client, 'STAT')).split(' ').slice(1);
  const messages: SeenMessage[] = [];
  for (let number = 1; number <= Number(count); number += 1) {
    await ask(client, `RETR ${number}`);
    const lines: string[] = [];
    for (let line = await client.line(); line !== '.'; line = await client.line())
      lines.push(line.startsWith('.') ? line.slice(1) : line);
    messages.push(seen(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')));
  }
  return messages;
}

async function ask(client: LineClient, line: string): Promise<string> {
  client.say(line);
  return good(client);
}

async function good(client: LineClient): Promise<string> {
  const line = await client.line();
  if (line.startsWith('+OK')) return line;
  throw new Error(`The POP3 server refused a program of the owner: ${line}`);
}
