import type { Place } from '../../mailbox/mailbox.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import { type FilterExpression, pathsOf } from '../odata/filter-expression.ts';
import type { Resource } from '../odata/resource.ts';
import { renderExtended } from '../rendering/render-extended.ts';
import { renderMessage } from '../rendering/render-message.ts';

/** What a filter sees of a message: the properties it names, and the extended properties whose ids it names. */
export function filterableMessage(
  exchange: GraphExchange,
  filter: FilterExpression,
): (place: Place) => Resource {
  const fields = pathsOf(filter).map((path) => path.split('/')[0] ?? path);
  const ids = fields.includes('singleValueExtendedProperties') ? extendedIdsIn(filter) : [];
  if (ids.length === 0) return (place) => renderMessage(exchange, place, fields);
  return (place) => ({
    ...renderMessage(exchange, place, fields),
    singleValueExtendedProperties: renderExtended(exchange, place, ids).map((property, n) => ({
      ...property,
      // As the filter spells it, which is not always as it is stored.
      ...(ids.length === 1 && { id: ids[n] }),
    })),
  });
}

/** The strings that ids are compared with. */
function extendedIdsIn(filter: FilterExpression): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...extendedIdsIn(filter.left), ...extendedIdsIn(filter.right)];
    case 'not':
      return extendedIdsIn(filter.operand);
    case 'any':
      return extendedIdsIn(filter.test);
    case 'compare':
      return filter.path.at(-1) === 'id' &&
        filter.literal.kind === 'string' &&
        /\s/.test(filter.literal.value)
        ? [filter.literal.value]
        : [];
    case 'truth':
    case 'text':
      return [];
    default:
      return filter satisfies never;
  }
}
