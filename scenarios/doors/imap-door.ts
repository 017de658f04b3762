import type { Life, Provider } from '../../simulators/index.ts';
import { bearerOf, plainOf } from './bearer.ts';
import type { Door, DoorAct, DoorKey, DoorView, SeenMessage } from './door.ts';
import { LineClient } from './line-client.ts';
import { seen } from './seen.ts';

/** A line of a reply, with the literal that followed each part of it. */
interface Said {
  readonly text: string;
  readonly literals: readonly Buffer[];
}

/** A message as it was fetched. */
interface Fetched extends SeenMessage {
  readonly uid: string;
}

/** What servers call the standard folders that do not say by RFC 6154 what they are for. */
const usualNames: Readonly<Record<string, string>> = {
  'sent items': 'sent',
  'deleted items': 'trash',
  'junk email': 'junk',
  'bulk mail': 'junk',
  draft: 'drafts',
};

const specialUse: Readonly<Record<string, string>> = {
  '\\sent': 'sent',
  '\\drafts': 'drafts',
  '\\trash': 'trash',
  '\\junk': 'junk',
  '\\archive': 'archive',
};

/** IMAP (RFC 3501): all folders, flags, moves by copy and expunge where there is no MOVE. */
export class ImapDoor implements Door {
  readonly name = 'imap';
  readonly #life: Life;
  readonly #provider: Provider;
  readonly #key: DoorKey;

  constructor(life: Life, provider: Provider, key: DoorKey) {
    this.#life = life;
    this.#provider = provider;
    this.#key = key;
  }

  view(): Promise<DoorView> {
    return this.#session(async (ask) => {
      const view = new Map<string, readonly SeenMessage[]>();
      for (const { path, role } of await foldersOf(ask))
        view.set(
          role,
          (await messagesIn(ask, path)).map(({ uid: _, ...message }) => message),
        );
      return view;
    });
  }

  async act(what: DoorAct): Promise<void> {
    if (what.kind === 'send' || what.kind === 'draft') return;
    await this.#session(async (ask) => {
      for (const { path } of await foldersOf(ask)) {
        const found = (await messagesIn(ask, path)).find(({ subject }) => subject === what.subject);
        if (found === undefined) continue;
        const { uid } = found;
        await ask(`SELECT "${path}"`);
        if (what.kind === 'mark-read') await ask(`UID STORE ${uid} ${what.read ? '+' : '-'}FLAGS (\\Seen)`);
        if (what.kind === 'move') await ask(`UID COPY ${uid} "${what.folder}"`);
        if (what.kind !== 'mark-read') {
          await ask(`UID STORE ${uid} +FLAGS (\\Deleted)`);
          await ask('EXPUNGE');
        }
        return;
      }
    });
  }

  async #session<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const { imap, profile } = this.#provider;
    if (imap === undefined) throw new Error(`The profile ${profile.name} has no IMAP.`);
    const client = await LineClient.open(this.#life, imap.host, imap.tlsPort);
    const ask = asking(client);
    try {
      await client.line();
      const bearer = profile.imap?.sasl.includes('XOAUTH2');
      await ask(
        `AUTHENTICATE ${bearer ? 'XOAUTH2' : 'PLAIN'}`,
        bearer ? bearerOf(this.#key) : plainOf(this.#key),
      );
      const result = await work(ask);
      await ask('LOGOUT');
      return result;
    } finally {
      client.close();
    }
  }
}

/** Says a command and gives back its untagged replies; `more` is said when the server asks for it. */
type Ask = (command: string, more?: string) => Promise<Said[]>;

function asking(client: LineClient): Ask {
  let tags = 0;
  return async (command, more) => {
    tags += 1;
    const tag = `d${tags}`;
    client.say(`${tag} ${command}`);
    const replies: Said[] = [];
    for (;;) {
      const said = await whole(client);
      if (said.text.startsWith('+')) client.say(more ?? '');
      else if (said.text.startsWith(`${tag} OK`)) return replies;
      else if (said.text.startsWith(tag))
        throw new Error(
          `The IMAP server refused ${command.split(' ', 1)[0]} to a program of the owner: ${said.text}`,
        );
      else replies.push(said);
    }
  };
}

/** A line and the literals in it (RFC 3501 section 4.3). */
async function whole(client: LineClient): Promise<Said> {
  const literals: Buffer[] = [];
  let text = await client.line();
  for (let literal = /\{(\d+)\}$/.exec(text); literal !== null; literal = /\{(\d+)\}$/.exec(text)) {
    literals.push(await client.bytes(Number(literal[1])));
    text = text.slice(0, literal.index) + (await client.line());
  }
  return { text, literals };
}

async function foldersOf(ask: Ask): Promise<{ readonly path: string; readonly role: string }[]> {
  const folders: { path: string; role: string }[] = [];
  for (const { text } of await ask('LIST "" "*"')) {
    const [, attributes = '', path = ''] = /^\* LIST \(([^)]*)\) (?:"."|NIL) "?([^"]*)"?$/.exec(text) ?? [];
    if (path === '' || /\\noselect/i.test(attributes)) continue;
    const use = attributes.split(' ').map((word) => specialUse[word.toLowerCase()]);
    folders.push({
      path,
      role: use.find((role) => role !== undefined) ?? usualNames[path.toLowerCase()] ?? path.toLowerCase(),
    });
  }
  return folders;
}

async function messagesIn(ask: Ask, path: string): Promise<Fetched[]> {
  const exists = (await ask(`EXAMINE "${path}"`)).some(({ text }) => /^\* [1-9]\d* EXISTS/.test(text));
  if (!exists) return [];
  const found: Fetched[] = [];
  for (const { text, literals } of await ask('UID FETCH 1:* (FLAGS BODY.PEEK[])')) {
    const uid = /UID (\d+)/.exec(text)?.[1];
    const [raw] = literals;
    if (uid !== undefined && raw !== undefined) found.push({ uid, ...seen(raw, /\\Seen/i.test(text)) });
  }
  return found;
}
