import type { Life, Provider } from '../../simulators/index.ts';
import { bearerOf, plainOf } from './bearer.ts';
import type { Door, DoorAct, DoorKey } from './door.ts';
import { LineClient } from './line-client.ts';

/** SMTP submission (RFC 6409): what is sent goes out, and shows nothing. */
export class SmtpDoor implements Door {
  readonly name = 'smtp';
  readonly #life: Life;
  readonly #provider: Provider;
  readonly #key: DoorKey;

  constructor(life: Life, provider: Provider, key: DoorKey) {
    this.#life = life;
    this.#provider = provider;
    this.#key = key;
  }

  async act(what: DoorAct): Promise<void> {
    if (what.kind !== 'send') return;
    const { host, tlsPort } = this.#provider.smtp;
    const { address } = this.#key;
    const client = await LineClient.open(this.#life, host, tlsPort);
    try {
      await good(client);
      await ask(client, 'EHLO owner.test');
      const bearer = this.#provider.profile.smtp?.auth.includes('XOAUTH2');
      await ask(client, bearer ? `AUTH XOAUTH2 ${bearerOf(this.#key)}` : `AUTH PLAIN ${plainOf(this.#key)}`);
      await ask(client, `MAIL FROM:<${address}>`);
      await ask(client, `RCPT TO:<${what.to}>`);
      await ask(client, 'DATA');
      const head = [
        `From: <${address}>`,
        `To: <${what.to}>`,
        `Subject: ${what.subject}`,
        `Message-ID: ${what.messageId}`,
      ];
      client.say([...head, 'MIME-Version: 1.0', 'Content-Type: text/plain', '', 'By SMTP.'].join('\r\n'));
      await ask(client, '.');
      await ask(client, 'QUIT');
    } finally {
      client.close();
    }
  }
}

async function ask(client: LineClient, line: string): Promise<void> {
  client.say(line);
  await good(client);
}

async function good(client: LineClient): Promise<void> {
  let line = await client.line();
  while (line[3] === '-') line = await client.line();
  if (!/^[23]/.test(line)) throw new Error(`The SMTP server refused a program of the owner: ${line}`);
}
