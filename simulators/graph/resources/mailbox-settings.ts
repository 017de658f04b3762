import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import { folderIdOf } from '../ids.ts';
import { contextUrl } from '../rendering/context-url.ts';
import { jsonObject } from '../sending/json-reader.ts';

function settingsOf({ items, mailbox }: GraphExchange): Record<string, unknown> {
  return { ...items.settings, archiveFolder: folderIdOf(mailbox.role('archive').id) };
}

function get(exchange: GraphExchange): GraphReply {
  return {
    status: 200,
    body: { '@odata.context': contextUrl(exchange, 'mailboxSettings'), ...settingsOf(exchange) },
  };
}

function getOne(exchange: GraphExchange): GraphReply {
  const settings = settingsOf(exchange);
  const wanted = exchange.params.setting?.toLowerCase();
  const name = Object.keys(settings).find((each) => each.toLowerCase() === wanted);
  if (name === undefined)
    throw new GraphError(
      400,
      'BadRequest',
      `Resource not found for the segment '${exchange.params.setting}'.`,
    );
  const value = settings[name];
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(exchange, `mailboxSettings/${name}`),
      ...(typeof value === 'object' ? value : { value }),
    },
  };
}

/** Settings that are named are set; objects keep what is not named of them. */
function update(exchange: GraphExchange): GraphReply {
  const { items } = exchange;
  const changed: Record<string, unknown> = { ...items.settings };
  for (const [name, value] of Object.entries(jsonObject(exchange))) {
    if (name.startsWith('@')) continue;
    const before = changed[name];
    if (before === undefined || name === 'archiveFolder' || name === 'userPurpose')
      throw new GraphError(400, 'ErrorInvalidRequest', `The setting '${name}' cannot be changed.`);
    if (typeof value !== typeof before || value === null)
      throw new GraphError(400, 'RequestBodyRead', `Cannot convert the value of the property '${name}'.`);
    changed[name] = typeof value === 'object' ? Object.assign({}, before, value) : value;
  }
  items.settings = changed;
  return get(exchange);
}

/** Settings of the mailbox (graph/api/resources/mailboxsettings). They are kept; nothing answers automatically. */
export const mailboxSettingsRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/mailboxSettings',
    operation: 'GET /mailboxSettings',
    needs: 'MailboxSettings.Read',
    handle: get,
  },
  {
    method: 'GET',
    path: '/mailboxSettings/:setting',
    operation: 'GET /mailboxSettings/{setting}',
    needs: 'MailboxSettings.Read',
    handle: getOne,
  },
  {
    method: 'PATCH',
    path: '/mailboxSettings',
    operation: 'PATCH /mailboxSettings',
    needs: 'MailboxSettings.ReadWrite',
    effect: 'lasting',
    handle: update,
  },
];
