import type { Place } from '../../mailbox/mailbox.ts';
import { messageIdOf } from '../../mailbox/raw-facts.ts';
import type { FilterExpression } from '../odata/filter-expression.ts';

/**
 * A filter that asks for one Message-ID, as whoever looks for what he sent does, need not read every message: Exchange
 * has an index of them. Tells for certain which messages it cannot mean; undefined for any other filter.
 */
export function byMessageId(filter: FilterExpression): ((place: Place) => boolean) | undefined {
  if (filter.kind === 'and') return byMessageId(filter.left) ?? byMessageId(filter.right);
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || filter.literal.kind !== 'string')
    return undefined;
  if (filter.path.join('/') !== 'internetMessageId') return undefined;
  const wanted = filter.literal.value.toLowerCase();
  return ({ entry }) => {
    const found = messageIdOf(entry.message.raw);
    // A message without one is given one by Exchange.
    return found === undefined || found.toLowerCase() === wanted;
  };
}
