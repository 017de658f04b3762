import type { Place } from '../../mailbox/mailbox.ts';
import { GraphError } from '../graph-error.ts';

/** Names the state of a message: another with every change to it, wherever it was made. */
export function changeKeyOf({ folder, entry }: Place): string {
  const text = Buffer.from(`${folder.id.slice(0, 6)}${entry.modSeq.toString(36).padStart(6, '0')}`, 'latin1');
  return `CQAAABYAAAA${text.toString('base64')}`;
}

export function etagOf(place: Place): string {
  return `W/"${changeKeyOf(place)}"`;
}

/** Holds a request to its If-Match. Throws `GraphError` 412 when the message has changed since. */
export function checkIfMatch(headers: Headers, place: Place): void {
  const wanted = headers.get('if-match');
  if (wanted === null || wanted.trim() === '*') return;
  const weak = (etag: string): string => etag.trim().replace(/^W\//, '');
  if (wanted.split(',').some((etag) => weak(etag) === weak(etagOf(place)))) return;
  throw new GraphError(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  );
}
