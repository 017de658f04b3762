import type { Life, Provider } from '../../simulators/index.ts';
import type { Door, DoorAct, DoorKey, DoorView, SeenMessage } from './door.ts';
import { seen } from './seen.ts';

const standard: Readonly<Record<string, string>> = {
  inbox: 'inbox',
  sentitems: 'sent',
  drafts: 'drafts',
  deleteditems: 'trash',
  junkemail: 'junk',
  archive: 'archive',
};

interface GraphFolder {
  readonly id: string;
  readonly displayName: string;
}

interface GraphMessage {
  readonly id: string;
  readonly subject: string;
  readonly isRead: boolean;
}

/** Microsoft Graph by `fetch`, as a script of the owner's would use it. */
export class GraphDoor implements Door {
  readonly name = 'graph';
  readonly #life: Life;
  readonly #provider: Provider;
  readonly #key: DoorKey;
  #token: string | undefined;

  constructor(life: Life, provider: Provider, key: DoorKey) {
    this.#life = life;
    this.#provider = provider;
    this.#key = key;
  }

  async view(): Promise<DoorView> {
    const view = new Map<string, readonly SeenMessage[]>();
    for (const [name, folder] of await this.#folders()) {
      const messages: SeenMessage[] = [];
      for (const { id, isRead } of await this.#messagesIn(folder.id)) {
        const source = await this.#ask('GET', `/messages/${encodeURIComponent(id)}/$value`);
        messages.push(seen(new Uint8Array(await source.arrayBuffer()), isRead));
      }
      view.set(name, messages);
    }
    return view;
  }

  async act(what: DoorAct): Promise<void> {
    if (what.kind === 'draft' || what.kind === 'send') {
      const to = what.kind === 'send' ? [{ emailAddress: { address: what.to } }] : [];
      const draft = await this.#json<GraphMessage>('POST', '/messages', {
        subject: what.subject,
        internetMessageId: what.messageId,
        body: { contentType: 'text', content: 'By Graph.' },
        toRecipients: to,
      });
      if (what.kind === 'send') await this.#ask('POST', `/messages/${encodeURIComponent(draft.id)}/send`);
      return;
    }
    for (const [, folder] of await this.#folders()) {
      const found = (await this.#messagesIn(folder.id)).find(({ subject }) => subject === what.subject);
      if (found === undefined) continue;
      const path = `/messages/${encodeURIComponent(found.id)}`;
      if (what.kind === 'delete') await this.#ask('DELETE', path);
      if (what.kind === 'mark-read') await this.#ask('PATCH', path, { isRead: what.read });
      if (what.kind === 'move') {
        const target = (await this.#folders()).get(what.folder.toLowerCase());
        if (target !== undefined) await this.#ask('POST', `${path}/move`, { destinationId: target.id });
      }
      return;
    }
  }

  /** All folders, by what a view calls them. */
  async #folders(): Promise<Map<string, GraphFolder>> {
    const roles = new Map<string, string>();
    for (const [name, role] of Object.entries(standard))
      roles.set((await this.#json<GraphFolder>('GET', `/mailFolders/${name}`)).id, role);
    const folders = new Map<string, GraphFolder>();
    const walk = async (path: string, above: string): Promise<void> => {
      const { value } = await this.#json<{ readonly value: readonly GraphFolder[] }>(
        'GET',
        `${path}?$top=100`,
      );
      for (const folder of value) {
        const role = roles.get(folder.id);
        const name = `${above}${folder.displayName.toLowerCase()}`;
        folders.set(role ?? name, folder);
        await walk(`/mailFolders/${encodeURIComponent(folder.id)}/childFolders`, `${role ?? name}/`);
      }
    };
    await walk('/mailFolders', '');
    return folders;
  }

  async #messagesIn(folder: string): Promise<readonly GraphMessage[]> {
    const path = `/mailFolders/${encodeURIComponent(folder)}/messages?$select=id,subject,isRead&$top=500`;
    return (await this.#json<{ readonly value: readonly GraphMessage[] }>('GET', path)).value;
  }

  /** The service's own promise of the shape is believed. */
  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    return (await (await this.#ask(method, path, body)).json()) as T;
  }

  async #ask(method: string, path: string, body?: object): Promise<Response> {
    const { graph } = this.#provider;
    if (graph === undefined) throw new Error(`The profile ${this.#provider.profile.name} has no Graph.`);
    this.#token ??= await this.#signIn();
    const url = `${graph.baseUrl}/users/${encodeURIComponent(this.#key.address)}${path}`;
    const headers = { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await this.#life.connector.fetch(url, init);
    if (response.ok) return response;
    throw new Error(
      `Graph refused ${method} to a program of the owner: ${response.status} ${await response.text()}`,
    );
  }

  async #signIn(): Promise<string> {
    const { graph, oauth } = this.#provider;
    const [app] = oauth?.service.apps ?? [];
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app?.clientId ?? '',
      client_secret: app?.secret ?? '',
      scope: `https://${graph?.host}/.default`,
    });
    const response = await this.#life.connector.fetch(`${oauth?.authority}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    // The token endpoint's reply has it (RFC 6749 section 5.1).
    const { access_token: token } = (await response.json()) as { readonly access_token: string };
    return token;
  }
}
