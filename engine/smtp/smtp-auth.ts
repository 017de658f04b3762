import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { CredentialRef } from '../records/mailbox.ts';

type AuthHandler = NonNullable<SMTPConnection.Options['customAuth']>[string];

/**
 * nodemailer's own XOAUTH2 answers a refusal with a second AUTH of the same token, which providers count as a
 * second failed login; these send one, end the exchange as the server wants it, and report its reply.
 */
export const bearerAuth: Readonly<Record<string, AuthHandler>> = {
  'BEARER-XOAUTH2': (context) => {
    const { user, pass } = context.auth.credentials;
    return exchange(context, `AUTH XOAUTH2 ${xoauth2(user, pass)}`, '');
  },
  // RFC 7628 3.2.3: a client answers the server's error with a single 0x01.
  'BEARER-OAUTHBEARER': (context) => {
    const { user, pass } = context.auth.credentials;
    return exchange(context, `AUTH OAUTHBEARER ${oauthBearer(user, pass)}`, 'AQ==');
  },
};

/** The name nodemailer knows the mechanism by; `undefined` lets it take the best one the server offers. */
export function authMethod(mechanism: CredentialRef['mechanism']): string | undefined {
  switch (mechanism) {
    case 'plain':
      return 'PLAIN';
    case 'login':
      return 'LOGIN';
    case 'xoauth2':
      return 'BEARER-XOAUTH2';
    case 'oauthbearer':
      return 'BEARER-OAUTHBEARER';
    case 'password':
    case 'client-secret':
    case 'client-certificate':
    case 'refresh-token':
    case 'apop':
      // What gets tokens for Microsoft Graph never comes here: a cycle is refused before. APOP is POP3's alone; the same password serves here.
      return undefined;
    default: {
      const never: never = mechanism;
      throw new Error(`No SMTP mechanism for ${String(never)}.`);
    }
  }
}

/** A server that echoes what it was sent must not bring the secret, in any of its forms, into an alert. */
export function redactSecret(text: string, user: string, secret: string): string {
  if (secret === '') return text;
  const forms = [
    xoauth2(user, secret),
    oauthBearer(user, secret),
    base64(`\0${user}\0${secret}`),
    base64(secret),
    secret,
  ];
  return forms.reduce((redacted, form) => redacted.replaceAll(form, '[secret]'), text);
}

function xoauth2(user: string, token: string): string {
  return base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`);
}

function oauthBearer(user: string, token: string): string {
  return base64(`n,a=${user},\x01auth=Bearer ${token}\x01\x01`);
}

async function exchange(
  context: Parameters<AuthHandler>[0],
  command: string,
  onError: string,
): Promise<void> {
  let answer = await context.sendCommand(command);
  if (answer.status === 334) answer = await context.sendCommand(onError);
  if (answer.status < 200 || answer.status > 299) throw new Error('Invalid login');
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
