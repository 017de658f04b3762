import type { SMTPServerAddress } from 'smtp-server';
import { unsupportedParameter } from './parameters.ts';
import type { SmtpConversation } from './smtp-conversation.ts';
import { fillReply } from './wording.ts';

/** Judges MAIL, once smtp-server has taken it apart. */
export function mailFrom(
  conversation: SmtpConversation,
  address: SMTPServerAddress,
  callback: (error?: Error | null) => void,
): void {
  const refusal = refuseParameters(conversation, 'MAIL', address.args);
  if (refusal !== undefined) {
    conversation.refuseWith(refusal, false, callback);
    return;
  }
  conversation.refusedRecipients = 0;
  const declared = address.args === false ? undefined : Reflect.get(address.args, 'SIZE');
  conversation.declaredBytes = typeof declared === 'string' ? Number(declared) : undefined;
  conversation.gate.meet(
    'command',
    'MAIL',
    { commands: 1, messages: 1, bytes: conversation.declaredBytes ?? 0 },
    {
      proceed: () => callback(),
      refuse: (text, close) => conversation.refuseWith(text, close, callback),
    },
  );
}

/** Judges RCPT, once smtp-server has taken it apart. */
export function rcptTo(
  conversation: SmtpConversation,
  address: SMTPServerAddress,
  callback: (error?: Error | null) => void,
): void {
  const { mail } = conversation.context;
  const refuse = (text: string, close: boolean): void => {
    conversation.refusedRecipients += 1;
    conversation.refuseWith(text, close, callback);
  };
  const refusal = refuseParameters(conversation, 'RCPT', address.args);
  if (refusal !== undefined) {
    refuse(refusal, false);
    return;
  }
  const local = mail.isLocal(address.address);
  if (
    local &&
    conversation.profile.unknownRecipients === 'refused' &&
    mail.find(address.address) === undefined
  ) {
    refuse(
      fillReply(
        conversation.profile.replies.unknownRecipient ??
          '550 5.1.1 <{recipient}>: Recipient address rejected',
        (name) => (name === 'recipient' ? address.address : conversation.fieldOf(name)),
      ),
      false,
    );
    return;
  }
  conversation.gate.meet(
    'command',
    'RCPT',
    {
      commands: 1,
      recipients: 1,
      externalRecipients: local ? 0 : 1,
      recipientAddresses: [address.address],
    },
    { proceed: () => callback(), refuse },
  );
}

function refuseParameters(
  conversation: SmtpConversation,
  verb: 'MAIL' | 'RCPT',
  args: object | false | undefined,
): string | undefined {
  const name = unsupportedParameter(conversation.profile, verb, { ...args });
  if (name === undefined) return undefined;
  const reply =
    conversation.profile.replies.unsupportedParameter ?? '555 5.5.4 Unsupported option: {parameter}';
  return fillReply(reply, (key) => (key === 'parameter' ? printable(name) : conversation.fieldOf(key)));
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
