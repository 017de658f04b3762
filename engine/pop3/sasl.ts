/** A SASL exchange from the client's side: what to say first, what to each challenge, and what is secret in it. */
export interface SaslExchange {
  readonly mechanism: 'PLAIN' | 'LOGIN' | 'XOAUTH2' | 'OAUTHBEARER';
  /** Base64; undefined when the server speaks first (LOGIN). */
  readonly initial: string | undefined;
  /** The answer to a challenge, base64; `ordinal` counts challenges that follow the initial response, from 0. */
  answer(ordinal: number): string;
  readonly secrets: readonly string[];
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** RFC 4616. */
export function plain(username: string, password: string): SaslExchange {
  const initial = base64(`\0${username}\0${password}`);
  return { mechanism: 'PLAIN', initial, answer: () => '*', secrets: [initial] };
}

/** draft-murchison-sasl-login: user name and password, each asked for. */
export function login(username: string, password: string): SaslExchange {
  const answers = [base64(username), base64(password)];
  return {
    mechanism: 'LOGIN',
    initial: undefined,
    answer: (ordinal) => answers[ordinal] ?? '*',
    secrets: [answers[1]!],
  };
}

/** Google's and Microsoft's; a refusal comes as a challenge that wants an empty answer. */
export function xoauth2(username: string, token: string): SaslExchange {
  const initial = base64(`user=${username}\x01auth=Bearer ${token}\x01\x01`);
  return { mechanism: 'XOAUTH2', initial, answer: () => '', secrets: [initial] };
}

/** RFC 7628; a refusal comes as a challenge that wants a lone 0x01. */
export function oauthBearer(username: string, token: string, host: string, port: number): SaslExchange {
  const user = username.replace(/[=,]/g, (character) => (character === '=' ? '=3D' : '=2C'));
  const initial = base64(`n,a=${user},\x01host=${host}\x01port=${port}\x01auth=Bearer ${token}\x01\x01`);
  return { mechanism: 'OAUTHBEARER', initial, answer: () => base64('\x01'), secrets: [initial] };
}
