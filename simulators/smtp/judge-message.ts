import type { Cost } from '../limits/limiter.ts';
import { hasBareLineFeed } from './bare-line-feed.ts';
import { commitMessage } from './commit-message.ts';
import { fromAddressOf, headerBytesOf } from './message-header.ts';
import type { SmtpConversation } from './smtp-conversation.ts';
import { fillReply } from './wording.ts';

/** After the final dot: size, rules, who may send, limits, and then the effect. */
export function judgeMessage(
  conversation: SmtpConversation,
  raw: Buffer,
  sizeBytes: number,
  callback: (error?: Error | null) => void,
): void {
  const { replies, maxMessageBytes } = conversation.profile;
  const refuse = (text: string, close: boolean): void => conversation.refuseWith(text, close, callback);
  if (sizeBytes > maxMessageBytes) {
    refuse(replies.tooBigAtEnd ?? replies.tooBig ?? '552 5.3.4 Message size exceeds fixed limit', false);
    return;
  }
  if (replies.bareLineFeed !== undefined && hasBareLineFeed(raw)) {
    refuse(replies.bareLineFeed, false);
    return;
  }
  const recipients = conversation.session.envelope.rcptTo;
  conversation.gate.ask('commit', 'DATA', undefined, {
    refuse,
    proceed: (manner) => {
      const denied = sendAsDenied(conversation, raw);
      if (denied !== undefined) return refuse(denied, false);
      const addresses = recipients.map(({ address }) => address);
      const cost: Cost = {
        connections: 1,
        messages: 1,
        recipients: addresses.length,
        externalRecipients: addresses.filter((address) => !conversation.context.mail.isLocal(address)).length,
        recipientAddresses: addresses,
        bytes: sizeBytes,
        headerBytes: headerBytesOf(raw),
      };
      conversation.gate.meet('commit', 'DATA', cost, {
        refuse,
        proceed: () => commitMessage(conversation, raw, manner, cost, callback),
      });
    },
  });
}

function sendAsDenied(conversation: SmtpConversation, raw: Buffer): string | undefined {
  if (conversation.profile.sendAs === 'free' || conversation.mailbox === undefined) return undefined;
  const { mailFrom } = conversation.session.envelope;
  const envelopeFrom = mailFrom === false ? '' : mailFrom.address;
  for (const address of [envelopeFrom, fromAddressOf(raw) ?? envelopeFrom]) {
    if (address === '' || conversation.context.mail.find(address) === conversation.mailbox) continue;
    return fillReply(
      conversation.profile.replies.sendAsDenied ?? '550 5.7.1 {from} is not yours to send as',
      (name) => (name === 'from' ? address : conversation.fieldOf(name)),
    );
  }
  return undefined;
}
