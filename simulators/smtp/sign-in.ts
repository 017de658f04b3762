import type { SMTPServerAuthentication, SMTPServerAuthenticationResponse } from 'smtp-server';
import type { SmtpConversation } from './smtp-conversation.ts';

/** Judges a credential, once smtp-server has taken the SASL exchange apart. */
export function signIn(
  conversation: SmtpConversation,
  auth: SMTPServerAuthentication,
  callback: (error: Error | null, response?: SMTPServerAuthenticationResponse) => void,
): void {
  const { mail, limits } = conversation.context;
  const { username = '' } = auth;
  const token = auth.method === 'XOAUTH2';
  const known = mail.find(username);
  conversation.limited.account = known?.address ?? username.toLowerCase();
  conversation.limited.tenant = known?.tenant;
  const refuse = (text: string, close: boolean): void => {
    conversation.limited.account = undefined;
    conversation.refuseWith(text, close, callback);
  };
  const decide = (): void => {
    const signedIn = mail.signIn(
      username,
      token
        ? { kind: 'token', token: auth.accessToken ?? '' }
        : { kind: 'password', password: auth.password ?? '' },
    );
    if (signedIn.ok) {
      conversation.mailbox = signedIn.mailbox;
      conversation.limited.account = signedIn.mailbox.address;
      conversation.limited.tenant = signedIn.mailbox.tenant;
      conversation.endSession = mail.truth.recordSession('smtp', signedIn.mailbox.address);
      limits.authenticated(conversation.limited);
      callback(null, { user: signedIn.mailbox.address });
      return;
    }
    conversation.limited.account = undefined;
    const { replies, failedLoginDelayMs, xoauth2Failure } = conversation.profile;
    const fail = (): void => {
      if (token && xoauth2Failure === 'challenge')
        callback(null, {
          data: { status: '400', schemes: 'Bearer', scope: 'https://mail.google.com/' },
        });
      else
        conversation.refuseWith(
          (signedIn.reason === 'disabled' ? replies.accountDisabled : undefined) ??
            (token ? replies.badToken : undefined) ??
            replies.badCredentials ??
            '535 5.7.8 Authentication credentials invalid',
          false,
          callback,
        );
    };
    if (failedLoginDelayMs === 0) fail();
    else conversation.later(failedLoginDelayMs, fail);
  };
  conversation.gate.meet('command', 'AUTH', { logins: 1 }, { proceed: decide, refuse });
}
