import type { Place } from '../../mailbox/mailbox.ts';
import { folderNamed } from '../folder-named.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import { itemNotFound, placeOf } from '../ids.ts';

/** The message a path names: by its id alone, or within a folder. Throws `GraphError` 404. */
export function messagePlace({ mailbox, params }: GraphExchange): Place {
  const place = placeOf(mailbox, params.id ?? '');
  if (params.folder !== undefined && folderNamed(mailbox, params.folder) !== place.folder)
    throw itemNotFound();
  return place;
}
