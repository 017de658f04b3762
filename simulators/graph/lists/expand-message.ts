import type { Place } from '../../mailbox/mailbox.ts';
import type { Expansion } from '../odata/parse-expand.ts';
import type { Resource } from '../odata/resource.ts';
import { attachmentsOf, renderAttachment } from '../rendering/render-attachment.ts';
import { renderExtended } from '../rendering/render-extended.ts';
import type { Asking } from '../rendering/render-message.ts';

/** What $expand adds to a message. Extensions and properties of several values are never there. */
export function expandMessage(asking: Asking, place: Place, expand: readonly Expansion[]): Resource {
  const added: Record<string, unknown> = {};
  for (const { name, select, extendedIds } of expand) {
    if (name === 'attachments')
      added[name] = attachmentsOf(asking, place).map((attachment) =>
        renderAttachment(asking, attachment, { fields: select }),
      );
    if (name === 'extensions') added[name] = [];
    if (name === 'singleValueExtendedProperties') {
      const properties = renderExtended(asking, place, extendedIds ?? []);
      // Where there is none, the property itself is missing.
      if (properties.length > 0) added[name] = properties;
    }
  }
  return added;
}
