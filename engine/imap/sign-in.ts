import { SyncError } from '../errors/engine-error.ts';
import type { CredentialRef } from '../records/mailbox.ts';
import { atom } from './flow.ts';
import type { ImapChannel } from './imap-channel.ts';
import { textOf } from './token.ts';

export interface SignIn {
  readonly credential: CredentialRef;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
}

/** One SASL exchange: what is sent first, and the answers to the challenges after it. */
interface Exchange {
  readonly mechanism: string;
  readonly first: string | undefined;
  /** Answers the challenge number `index`, decoded. */
  readonly answer: (challenge: string, index: number) => string;
}

/**
 * Signs in with the mechanism the credential names; `password` takes the best one the server offers. A token is sent
 * once, and the refusal of it is the server's own. Rejects with `SyncError`.
 */
export async function signIn(channel: ImapChannel, login: SignIn): Promise<void> {
  const exchange = exchangeOf(channel, login);
  if (exchange === undefined) {
    const { username } = login.credential;
    await channel.command('auth', 'LOGIN', [
      { type: 'STRING', value: username },
      { type: 'STRING', value: login.secret, sensitive: true },
    ]);
    return;
  }
  const { mechanism, first, answer } = exchange;
  const inline = first !== undefined && channel.flow.capabilities.has('SASL-IR');
  let pending = inline ? undefined : first;
  let index = 0;
  await channel.command(
    'auth',
    'AUTHENTICATE',
    [
      atom(mechanism),
      ...(inline ? [{ type: 'ATOM', value: first === '' ? '=' : first, sensitive: true } as const] : []),
    ],
    {},
    async (challenge) => {
      if (pending !== undefined) {
        channel.flow.write(pending);
        pending = undefined;
        return;
      }
      const text = Buffer.from(textOf(challenge.attributes?.[0]) ?? '', 'base64').toString('utf8');
      channel.flow.write(answer(text, index++));
    },
  );
}

/** `undefined`: the LOGIN command. */
function exchangeOf({ flow }: ImapChannel, login: SignIn): Exchange | undefined {
  const { credential, secret, host, port } = login;
  const { username, mechanism } = credential;
  const offers = (name: string) => flow.capabilities.has(`AUTH=${name}`);
  const maySend = !flow.capabilities.has('LOGINDISABLED');
  const plain = { mechanism: 'PLAIN', first: base64(`\0${username}\0${secret}`), answer: cancel };
  const loginExchange: Exchange = {
    mechanism: 'LOGIN',
    first: undefined,
    answer: (_challenge, index) => (index === 0 ? base64(username) : index === 1 ? base64(secret) : '*'),
  };
  switch (mechanism) {
    case 'password':
      if (offers('PLAIN')) return plain;
      if (maySend) return undefined;
      if (offers('LOGIN')) return loginExchange;
      throw notOffered('a password');
    case 'plain':
      if (offers('PLAIN')) return plain;
      throw notOffered('AUTH=PLAIN');
    case 'login':
      if (offers('LOGIN')) return loginExchange;
      if (maySend) return undefined;
      throw notOffered('AUTH=LOGIN');
    case 'xoauth2': {
      if (!offers('XOAUTH2')) throw notOffered('AUTH=XOAUTH2');
      const first = base64(`user=${username}\x01auth=Bearer ${secret}\x01\x01`);
      // The server's error is answered with an empty line.
      return { mechanism: 'XOAUTH2', first, answer: () => '' };
    }
    case 'oauthbearer': {
      if (!offers('OAUTHBEARER')) throw notOffered('AUTH=OAUTHBEARER');
      const name = username.replaceAll('=', '=3D').replaceAll(',', '=2C');
      const first = base64(`n,a=${name},\x01host=${host}\x01port=${port}\x01auth=Bearer ${secret}\x01\x01`);
      // RFC 7628 3.2.3: the server's error is answered with a single 0x01.
      return { mechanism: 'OAUTHBEARER', first, answer: () => 'AQ==' };
    }
    case 'apop':
    case 'client-secret':
    case 'client-certificate':
    case 'refresh-token':
      throw new SyncError({
        class: 'config',
        code: 'credential-mechanism',
        text: `Credentials of kind ${mechanism} cannot sign in at an IMAP server; give the mailbox others.`,
        phase: 'auth',
      });
    default: {
      const never: never = mechanism;
      throw new Error(`No IMAP mechanism for ${String(never)}.`);
    }
  }
}

/** RFC 9051 6.2.2: the client cancels the exchange. */
const cancel = (): string => '*';

function notOffered(what: string): SyncError {
  return new SyncError({
    class: 'config',
    code: 'imap-mechanism-not-offered',
    text: `The server does not take ${what} on this connection; choose another mechanism, or TLS.`,
    phase: 'auth',
  });
}

/** A server that echoes what it was sent must not bring the secret, in any of its forms, into an alert. */
export function redactSignIn(text: string, { credential, secret, host, port }: SignIn): string {
  if (secret === '') return text;
  const { username } = credential;
  const forms = [
    base64(`user=${username}\x01auth=Bearer ${secret}\x01\x01`),
    base64(`n,a=${username},\x01host=${host}\x01port=${port}\x01auth=Bearer ${secret}\x01\x01`),
    base64(`\0${username}\0${secret}`),
    base64(secret),
    secret,
  ];
  return forms.reduce((redacted, form) => redacted.replaceAll(form, '[secret]'), text);
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
