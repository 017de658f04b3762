import { mailDate } from '../submission/mail-date.ts';
import type { SmtpConversation } from './smtp-conversation.ts';

/** What the placeholder `name` of a reply stands for in a conversation; undefined when it means nothing there. */
export function replyField(conversation: SmtpConversation, name: string): string | undefined {
  switch (name) {
    case 'host':
      return conversation.host;
    case 'ip':
      return conversation.remoteAddress;
    case 'client':
      return `unknown[${conversation.remoteAddress}]`;
    case 'login':
      return conversation.mailbox?.address ?? '';
    case 'from': {
      const { mailFrom } = conversation.session.envelope;
      return mailFrom === false ? '' : mailFrom.address;
    }
    case 'date':
      return mailDate(conversation.context.clock.now());
    case 'unixtime':
      return String(Math.floor(conversation.context.clock.now() / 1000));
    case 'iso8601':
      return new Date(conversation.context.clock.now()).toISOString();
    case 'sid':
      return conversation.context.entropy
        .bytes(9, 'smtp.sid', conversation.id, conversation.messages)
        .toString('base64url');
    case 'hex':
      return conversation.context.entropy
        .bytes(8, 'smtp.hex', conversation.id, conversation.messages)
        .toString('hex')
        .toUpperCase();
    default:
      return undefined;
  }
}
