import type { SMTPServerAddress } from 'smtp-server';
import type { Cost } from '../limits/limiter.ts';
import { messageIdOf } from '../mailbox/raw-facts.ts';
import { joined, type Manner, outcomeOf } from '../rules/outcome.ts';
import {
  carryOutSubmission,
  type Submission,
  type SubmissionRecipient,
} from '../submission/carry-out-submission.ts';
import type { SmtpConversation } from './smtp-conversation.ts';
import { fillReply } from './wording.ts';

/** The effect: carries the submission out, tells the books and the trace, and says so if anybody is to hear of it. */
export function commitMessage(
  conversation: SmtpConversation,
  raw: Buffer,
  manner: Manner | undefined,
  cost: Cost,
  callback: (error?: Error | null) => void,
): void {
  const { context, profile } = conversation;
  const { envelope } = conversation.session;
  const sender = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
  conversation.messages += 1;
  const id = queueId(conversation);
  const submission: Submission = {
    id,
    host: conversation.host,
    transmission: conversation._transmissionType(),
    helo: conversation.hostNameAppearsAs || conversation.remoteAddress,
    remoteAddress: conversation.remoteAddress,
    sender,
    recipients: envelope.rcptTo.map(recipientOf),
    raw,
    mailbox: conversation.mailbox,
    returns: returnsOf(envelope.dsn?.ret),
    envelopeId: envelope.dsn?.envid ?? undefined,
    bounce:
      conversation.gate.bounce === undefined
        ? undefined
        : fillReply(conversation.gate.bounce, conversation.fieldOf),
  };
  const { savesSentCopy, reportAfterMs, replies } = profile;
  const { unknownRecipientBounce } = replies;
  const outcomes = carryOutSubmission(
    context,
    { savesSentCopy, reportAfterMs, unknownRecipientBounce },
    submission,
  );
  conversation.gate.bounce = undefined;
  const messageId = messageIdOf(raw);
  context.trace.emit({
    kind: 'accepted',
    protocol: 'smtp',
    connection: conversation.id,
    mailbox: conversation.mailbox?.address,
    messageId: messageId ?? '',
    recipients: outcomes.length,
    sizeBytes: raw.length,
  });
  const intervention = context.rules.active
    ? context.rules.at(conversation.site('committed', 'DATA', undefined))
    : undefined;
  const outcome = intervention === undefined ? undefined : outcomeOf(intervention, conversation.means);
  if (outcome?.kind === 'proceed') manner = joined(manner, outcome.manner);
  const unheard =
    outcome?.kind === 'end' ||
    outcome?.kind === 'say' ||
    manner?.lost !== undefined ||
    manner?.cut !== undefined ||
    conversation._socket.destroyed;
  context.mail.truth.recordSubmission({
    login: conversation.mailbox?.address,
    connection: conversation.id,
    envelopeFrom: sender,
    recipients: outcomes,
    raw,
    acknowledged: !unheard,
  });
  const accepted = fillReply(profile.replies.accepted ?? '250 2.0.0 Ok: queued as {id}', (name) =>
    name === 'id'
      ? id
      : name === 'messageId'
        ? (messageId ?? `<${id}@${conversation.host}>`)
        : conversation.fieldOf(name),
  );
  const conclude = (): void => {
    if (outcome?.kind === 'end') {
      conversation.end(outcome.how);
      return;
    }
    if (outcome?.kind === 'say') {
      conversation.refuseWith(outcome.text, outcome.close, callback);
      return;
    }
    conversation.gate.meet('committed', 'DATA', cost, {
      proceed: () => {
        conversation.exchange.judged = true;
        conversation.exchange.manner = manner;
        conversation.literal = accepted;
        callback();
      },
      refuse: (text, close) => conversation.refuseWith(text, close, callback),
    });
  };
  if (intervention !== undefined && intervention.delayMs > 0)
    conversation.later(intervention.delayMs, conclude);
  else conclude();
}

function queueId(conversation: SmtpConversation): string {
  return conversation.context.entropy
    .bytes(5, 'smtp.queue-id', conversation.id, conversation.messages)
    .toString('hex')
    .toUpperCase();
}

function recipientOf({ address, dsn }: SMTPServerAddress): SubmissionRecipient {
  return { address, notify: dsn?.notify ?? undefined, originalRecipient: dsn?.orcpt ?? undefined };
}

function returnsOf(ret: string | null | undefined): 'FULL' | 'HDRS' | undefined {
  return ret === 'FULL' || ret === 'HDRS' ? ret : undefined;
}
