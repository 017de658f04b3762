import { standardFolders } from '../../mailbox/folder.ts';
import { messageIdOf } from '../../mailbox/raw-facts.ts';
import { ReadMessage } from '../../mime/read-message.ts';
import { withoutField } from '../../mime/without-field.ts';
import { drawDelay } from '../../network/latency.ts';
import { carryOutSubmission } from '../../submission/carry-out-submission.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { meetSendingLimits } from './meet-sending-limits.ts';

export interface Outgoing {
  readonly raw: Buffer;
  readonly saveToSentItems: boolean;
  /** The draft that is sent, by the id of its message: it becomes the copy in Sent Items. */
  readonly draft?: string;
}

const seen: readonly string[] = ['\\Seen'];

/**
 * Accepts a message: 202, and everything else later (graph/outlook-things-to-know-about-send-mail). The transport picks
 * it up and delivers it as any submission; then its copy appears in Sent Items. In between a draft is nowhere.
 * Throws `GraphError` for messages nobody may or can send.
 */
export function sendMessage(exchange: GraphExchange, outgoing: Outgoing): GraphReply {
  const { context, mailbox, service } = exchange;
  const { clock, entropy, mail, trace } = context;
  const { raw, draft, saveToSentItems } = outgoing;
  const { sending } = service.profile;
  const recipients = recipientsOf(raw);
  if (raw.length > sending.maxMessageBytes)
    throw new GraphError(
      413,
      'ErrorMessageSizeExceeded',
      'The message exceeds the maximum supported size., Cannot submit message.',
    );
  refuseForeignSender(exchange, raw);
  const limited = meetSendingLimits(exchange, recipients);
  const withdrawn = draft === undefined ? undefined : mailbox.withdraw(draft, 'sending');
  const id = exchange.items.uuid('submission');
  const messageId = messageIdOf(raw);
  const { connection } = exchange.limited;
  trace.emit({
    kind: 'accepted',
    protocol: 'graph',
    connection,
    mailbox: mailbox.address,
    messageId: messageId ?? '',
    recipients: recipients.length,
    sizeBytes: raw.length,
  });
  let acknowledged = false;
  exchange.onAnswered((heard) => {
    acknowledged = heard;
  });

  const save = (): void => {
    if (withdrawn !== undefined) {
      if (saveToSentItems)
        withdrawn.file(standardFolders.sent, { raw, flags: seen, receivedAtMs: clock.now() });
      else {
        withdrawn.discard();
        exchange.items.forget(draft ?? '');
      }
    } else if (saveToSentItems)
      mail.deliver(mailbox, {
        raw,
        envelopeFrom: mailbox.address,
        folder: standardFolders.sent,
        flags: seen,
      });
  };
  const pickUp = (): void => {
    const { smtp } = context.profile;
    const outcomes = carryOutSubmission(
      context,
      {
        savesSentCopy: false,
        reportAfterMs: smtp?.reportAfterMs ?? 0,
        unknownRecipientBounce: smtp?.replies.unknownRecipientBounce,
      },
      {
        id,
        host: service.host,
        transmission: 'mapi',
        helo: service.host,
        remoteAddress: '::1',
        sender: mailbox.address,
        recipients: recipients.map((address) => ({ address })),
        raw: withoutField(raw, 'bcc'),
        mailbox,
        returns: undefined,
        envelopeId: undefined,
        bounce:
          limited.bounce ??
          (recipients.length > sending.maxRecipients
            ? '550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients'
            : undefined),
      },
    );
    mail.truth.recordSubmission({
      login: mailbox.address,
      connection,
      envelopeFrom: mailbox.address,
      recipients: outcomes,
      raw,
      acknowledged,
    });
    clock.setTimeout(save, drawDelay(sending.savedAfterMs, entropy, 'graph.saved', mailbox.address));
  };
  const pickedUpAfterMs = drawDelay(sending.pickedUpAfterMs, entropy, 'graph.picked-up', mailbox.address);
  clock.setTimeout(() => limited.whenLet(pickUp), pickedUpAfterMs);
  return { status: 202 };
}

/** Everybody the header names. Throws `GraphError` 400 when that is nobody, or somebody has no address. */
function recipientsOf(raw: Buffer): readonly string[] {
  const read = new ReadMessage(raw);
  const named = (['to', 'cc', 'bcc'] as const).flatMap((field) => read.addresses(field));
  if (named.length === 0)
    throw new GraphError(
      400,
      'ErrorInvalidRecipients',
      "At least one recipient isn't valid., A message can't be sent because it contains no recipients.",
    );
  if (named.some(({ address }) => !/^[^\s@]+@[^\s@]+$/.test(address)))
    throw new GraphError(400, 'ErrorInvalidRecipients', "At least one recipient isn't valid.");
  const unique = new Map(named.map(({ address }) => [address.toLowerCase(), address]));
  return [...unique.values()];
}

function refuseForeignSender({ context, mailbox }: GraphExchange, raw: Buffer): void {
  const from = new ReadMessage(raw).addresses('from')[0]?.address;
  if (from === undefined || context.mail.find(from) === mailbox) return;
  throw new GraphError(
    403,
    'ErrorSendAsDenied',
    'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account., Cannot submit message.',
  );
}
