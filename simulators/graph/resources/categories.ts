import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import { itemNotFound } from '../ids.ts';
import type { MasterCategory } from '../items/master-category.ts';
import { contextUrl } from '../rendering/context-url.ts';
import { jsonObject, textIn } from '../sending/json-reader.ts';

const what = 'outlook/masterCategories';

function list(exchange: GraphExchange): GraphReply {
  return {
    status: 200,
    body: { '@odata.context': contextUrl(exchange, what), value: [...exchange.items.categories.values()] },
  };
}

function found({ items, params }: GraphExchange): MasterCategory {
  const category = items.categories.get(params.id ?? '');
  if (category === undefined) throw itemNotFound();
  return category;
}

function answer(exchange: GraphExchange, category: MasterCategory, status = 200): GraphReply {
  return { status, body: { '@odata.context': contextUrl(exchange, `${what}/$entity`), ...category } };
}

function create(exchange: GraphExchange): GraphReply {
  const json = jsonObject(exchange);
  const displayName = textIn(json, 'displayName');
  const color = colorOf(textIn(json, 'color') ?? 'none');
  const { items } = exchange;
  if (displayName === undefined || displayName === '')
    throw new GraphError(400, 'ErrorInvalidRequest', 'A category needs a displayName.');
  const taken = [...items.categories.values()].some(
    (each) => each.displayName.toLowerCase() === displayName.toLowerCase(),
  );
  if (taken)
    throw new GraphError(
      409,
      'CategoryNameDuplicate',
      `A category with the name '${displayName}' is in the master list already.`,
    );
  return answer(exchange, items.addCategory(displayName, color), 201);
}

/** Only the color: messages name their categories, and a new name would leave them behind. */
function update(exchange: GraphExchange): GraphReply {
  const category = found(exchange);
  const json = jsonObject(exchange);
  if (json.displayName !== undefined)
    throw new GraphError(400, 'ErrorInvalidRequest', 'The displayName of a category cannot be changed.');
  const changed = { ...category, color: colorOf(textIn(json, 'color') ?? category.color) };
  exchange.items.categories.set(category.id, changed);
  return answer(exchange, changed);
}

function colorOf(said: string): string {
  if (/^(?:none|preset(?:1?\d|2[0-4]))$/i.test(said)) return said.toLowerCase();
  throw new GraphError(400, 'ErrorInvalidRequest', `There is no category color '${said}'.`);
}

function remove(exchange: GraphExchange): GraphReply {
  exchange.items.categories.delete(found(exchange).id);
  return { status: 204 };
}

/** The user's own categories (graph/api/resources/outlookcategory). */
export const categoryRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/outlook/masterCategories',
    operation: 'GET /outlook/masterCategories',
    needs: 'MailboxSettings.Read',
    handle: list,
  },
  {
    method: 'POST',
    path: '/outlook/masterCategories',
    operation: 'POST /outlook/masterCategories',
    needs: 'MailboxSettings.ReadWrite',
    effect: 'lasting',
    handle: create,
  },
  {
    method: 'GET',
    path: '/outlook/masterCategories/:id',
    operation: 'GET /outlook/masterCategories/{id}',
    needs: 'MailboxSettings.Read',
    handle: (exchange) => answer(exchange, found(exchange)),
  },
  {
    method: 'PATCH',
    path: '/outlook/masterCategories/:id',
    operation: 'PATCH /outlook/masterCategories/{id}',
    needs: 'MailboxSettings.ReadWrite',
    effect: 'lasting',
    handle: update,
  },
  {
    method: 'DELETE',
    path: '/outlook/masterCategories/:id',
    operation: 'DELETE /outlook/masterCategories/{id}',
    needs: 'MailboxSettings.ReadWrite',
    effect: 'lasting',
    handle: remove,
  },
];
