import type { Place } from '../../mailbox/mailbox.ts';
import type { ReadMessage } from '../../mime/read-message.ts';
import { extendedPropertyId } from '../items/extended-property-id.ts';
import { isoSeconds } from './iso-seconds.ts';
import { readRecent } from './read-recent.ts';
import type { Asking } from './render-message.ts';

/** MAPI properties that follow from the message itself ([MS-OXPROPS]). */
const derived: Readonly<Record<string, (read: ReadMessage, place: Place) => string | undefined>> = {
  'string 0x37': (read) => read.text('subject'),
  'string 0x7d': ({ raw }) => raw.toString('utf8').split(/\r?\n\r?\n/, 1)[0],
  'string 0x1035': (read) => read.messageId,
  'string 0x1039': (read) => read.field('references'),
  'string 0x1042': (read) => read.field('in-reply-to'),
  'systemtime 0xe06': (_read, { entry }) => isoSeconds(entry.message.receivedAtMs),
  'integer 0xe08': (_read, { entry }) => String(entry.message.sizeBytes),
};

/** The extended properties of a message that were asked for and are there (singlevaluelegacyextendedproperty-get). */
export function renderExtended(asking: Asking, place: Place, ids: readonly string[]): object[] {
  const { message } = place.entry;
  const { extended } = asking.items.of(message.id);
  return ids.flatMap((asked) => {
    const id = extendedPropertyId(asked);
    const value = extended.get(id)?.value ?? derived[id]?.(readRecent(message.raw), place);
    return value === undefined ? [] : [{ id: extended.get(id)?.id ?? asked, value }];
  });
}
