import { foldableSubject } from '../outgoing/foldable-subject.ts';
import type { OutgoingEmail } from '../records/email.ts';

type Named = { readonly name?: string; readonly address: string };

/** The recipients of a draft, as Graph's `message` resource has them. */
export interface DraftRecipients {
  readonly toRecipients: readonly DraftRecipient[];
  readonly ccRecipients: readonly DraftRecipient[];
  readonly bccRecipients: readonly DraftRecipient[];
}

interface DraftRecipient {
  readonly emailAddress: { readonly name: string; readonly address: string };
}

/** PidTagInReplyToId (MS-OXPROPS 2.747): headers of one's own may only be `x-` ones. */
const inReplyTo = 'String 0x1042';

/**
 * A queued row as a draft (Graph v1.0 `message`). The same row gives the same draft: its Message-ID is the one fixed
 * when it was queued. `to`: the recipients that are still to be served.
 */
export function draftOf(email: OutgoingEmail, to: ReadonlySet<string>): object {
  const { htmlBody, textBody = '' } = email;
  return {
    subject: foldableSubject(email.subject),
    body:
      htmlBody === undefined
        ? { contentType: 'text', content: textBody }
        : { contentType: 'html', content: htmlBody },
    internetMessageId: email.messageId,
    ...recipientsOf(email, to),
    ...(email.inReplyTo !== undefined && {
      singleValueExtendedProperties: [{ id: inReplyTo, value: oneLine(email.inReplyTo) }],
    }),
  };
}

/** Who of the row's recipients is in the draft, in the roles they were given, each once. */
export function recipientsOf(email: OutgoingEmail, to: ReadonlySet<string>): DraftRecipients {
  const seen = new Set<string>();
  const role = (parties: readonly Named[] = []): DraftRecipient[] =>
    parties.flatMap(({ name, address }) => {
      if (!to.has(address) || seen.has(address)) return [];
      seen.add(address);
      return [{ emailAddress: { name: oneLine(name ?? ''), address: address.trim() } }];
    });
  return {
    toRecipients: role(email.to),
    ccRecipients: role(email.cc),
    bccRecipients: role(email.bcc),
  };
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
