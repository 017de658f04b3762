import { SyncError } from '../errors/engine-error.ts';

/** A message as a page of changes lists it; a property the server left out is unknown, not empty. */
export interface ListedChange {
  readonly itemId: string;
  readonly etag: string | undefined;
  /** Ms since epoch. */
  readonly receivedOn: number | undefined;
  readonly categories: readonly string[] | undefined;
  readonly isDraft: boolean;
}

/** One page of `messages/delta`, each id once. */
export interface ChangePage {
  readonly listed: readonly ListedChange[];
  /** Ids said to have left the folder. */
  readonly left: readonly string[];
  readonly nextLink: string | undefined;
  readonly deltaLink: string | undefined;
}

/** What is asked of each change. */
export const changeFields = 'receivedDateTime,categories,isDraft';

/** Reads a page; what comes twice counts as it came last. Throws `SyncError` on what is none. */
export function readChangePage(body: unknown): ChangePage {
  const page = record(body);
  const entries = page?.value;
  const nextLink = text(page?.['@odata.nextLink']);
  const deltaLink = text(page?.['@odata.deltaLink']);
  if (!Array.isArray(entries) || (nextLink === undefined && deltaLink === undefined)) {
    throw new SyncError({
      class: 'transient',
      code: 'graph-garbled',
      text: 'The server answered a request for changes with something else.',
      phase: 'delta',
    });
  }
  const listed = new Map<string, ListedChange>();
  const left = new Set<string>();
  for (const entry of entries as readonly unknown[]) {
    const fields = record(entry);
    const itemId = text(fields?.id);
    if (fields === undefined || itemId === undefined) continue;
    if (fields['@removed'] !== undefined) left.add(itemId);
    else listed.set(itemId, readListed(itemId, fields));
  }
  return { listed: [...listed.values()], left: [...left], nextLink, deltaLink };
}

/** The same fields of a message that was asked for alone. */
export function readListed(itemId: string, fields: Readonly<Record<string, unknown>>): ListedChange {
  const received = Date.parse(text(fields.receivedDateTime) ?? '');
  const { categories } = fields;
  return {
    itemId,
    etag: text(fields['@odata.etag']),
    receivedOn: Number.isNaN(received) ? undefined : received,
    categories: Array.isArray(categories)
      ? categories.filter((name): name is string => typeof name === 'string')
      : undefined,
    isDraft: fields.isDraft === true,
  };
}

export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
