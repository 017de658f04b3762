import { createHash } from 'node:crypto';
import { SyncError } from '../errors/engine-error.ts';
import type { CredentialRef } from '../records/mailbox.ts';
import type { Capabilities } from './capabilities.ts';
import type { Pop3Connection } from './pop3-connection.ts';
import type { Pop3Reply } from './reply-parser.ts';
import { login, oauthBearer, plain, type SaslExchange, xoauth2 } from './sasl.ts';

export interface Login {
  readonly credential: CredentialRef;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  readonly greeting: string;
  readonly capabilities: Capabilities;
  /** How this server took a SASL initial response before: with the command, or only when asked. */
  readonly saslForm: SaslForm | undefined;
}

export type SaslForm = 'one-line' | 'two-line';

const lineBreak = /[\r\n\0]/;
const timestamp = /<[^<>\s]+@[^<>\s]*>/;

/**
 * Logs in the way the credential says. Resolves with the SASL form that worked, if SASL was used; rejects with what
 * the server said, classified.
 */
export async function authenticate(connection: Pop3Connection, to: Login): Promise<SaslForm | undefined> {
  const { username, mechanism } = to.credential;
  if (lineBreak.test(username) || lineBreak.test(to.secret)) {
    throw configError('pop3-credential-invalid', 'User name or password contain a line break; correct them.');
  }
  connection.conceal(to.secret);
  switch (mechanism) {
    case 'password': {
      const { capabilities } = to;
      const onlySasl = !capabilities.has('USER') && capabilities.arguments('SASL').includes('PLAIN');
      return onlySasl ? sasl(connection, plain(username, to.secret), to) : userPass(connection, to);
    }
    case 'apop':
      return apop(connection, to);
    case 'plain':
      return sasl(connection, plain(username, to.secret), to);
    case 'login':
      return sasl(connection, login(username, to.secret), to);
    case 'xoauth2':
      return sasl(connection, xoauth2(username, to.secret), to);
    case 'oauthbearer':
      return sasl(connection, oauthBearer(username, to.secret, to.host, to.port), to);
    case 'client-secret':
    case 'client-certificate':
    case 'refresh-token':
      throw configError(
        'pop3-credential-invalid',
        `POP3 knows no way to sign in by ${mechanism}; use xoauth2.`,
      );
    default: {
      const never: never = mechanism;
      throw new Error(`No POP3 login for the mechanism ${String(never)}.`);
    }
  }
}

async function userPass(connection: Pop3Connection, to: Login): Promise<undefined> {
  const user = { line: `USER ${to.credential.username}`, phase: 'auth' } as const;
  const pass = { line: `PASS ${to.secret}`, phase: 'auth' } as const;
  if (to.capabilities.has('PIPELINING')) {
    const [userReply, passReply] = await connection.exchangeAll([user, pass]);
    if (passReply!.status !== 'ok') {
      throw connection.refusal(userReply!.status === 'ok' ? passReply! : userReply!, 'auth');
    }
    return undefined;
  }
  for (const command of [user, pass]) {
    const reply = await connection.exchange(command);
    if (reply.status !== 'ok') throw connection.refusal(reply, 'auth');
  }
  return undefined;
}

/** RFC 1939 7. The digest is MD5 because the protocol says so. */
async function apop(connection: Pop3Connection, to: Login): Promise<undefined> {
  const stamp = timestamp.exec(to.greeting)?.[0];
  if (stamp === undefined) {
    throw configError(
      'pop3-apop-not-offered',
      'The server greets without a timestamp, so it does not offer APOP.',
    );
  }
  const digest = createHash('md5').update(stamp).update(to.secret).digest('hex');
  const reply = await connection.exchange({
    line: `APOP ${to.credential.username} ${digest}`,
    phase: 'auth',
  });
  if (reply.status !== 'ok') throw connection.refusal(reply, 'auth');
  return undefined;
}

/**
 * AUTH (RFC 5034). The initial response goes with the command, as Gmail and Dovecot take it; Exchange wants the
 * mechanism alone and asks. A server whose way is not known and that refuses the first is tried with the second.
 */
async function sasl(
  connection: Pop3Connection,
  exchange: SaslExchange,
  to: Login,
): Promise<SaslForm | undefined> {
  connection.conceal(...exchange.secrets);
  if (exchange.initial === undefined) {
    await converse(connection, exchange, 'two-line');
    return undefined;
  }
  const form = to.saslForm ?? (/Microsoft Exchange/i.test(to.greeting) ? 'two-line' : 'one-line');
  try {
    await converse(connection, exchange, form);
    return form;
  } catch (error) {
    const mayBeForm = to.saslForm === undefined && form === 'one-line' && connection.usable;
    if (!mayBeForm || !(error instanceof FormRefused)) throw asSyncError(error);
  }
  try {
    await converse(connection, exchange, 'two-line');
  } catch (error) {
    throw asSyncError(error);
  }
  return 'two-line';
}

/** The command itself was refused, before the server had looked at the response. */
class FormRefused extends Error {
  readonly error: SyncError;
  constructor(error: SyncError) {
    super(error.message);
    this.error = error;
  }
}

function asSyncError(error: unknown): unknown {
  return error instanceof FormRefused ? error.error : error;
}

async function converse(connection: Pop3Connection, exchange: SaslExchange, form: SaslForm): Promise<void> {
  const inline = form === 'one-line' ? ` ${exchange.initial}` : '';
  let reply = await connection.exchange({ line: `AUTH ${exchange.mechanism}${inline}`, phase: 'auth' });
  if (reply.status === 'err' && form === 'one-line') {
    const error = connection.refusal(reply, 'auth');
    const aboutForm = error.classified.class === 'auth-maybe' || error.classified.class === 'config';
    throw aboutForm ? new FormRefused(error) : error;
  }
  if (form === 'two-line' && exchange.initial !== undefined && reply.status === 'continue') {
    reply = await connection.exchange({ line: exchange.initial, phase: 'auth' });
  }
  let challenges: Pop3Reply[] = [];
  while (reply.status === 'continue' && challenges.length < 4) {
    const answer = exchange.answer(challenges.length);
    challenges = [...challenges, reply];
    reply = await connection.exchange({ line: answer, phase: 'auth' });
  }
  if (reply.status === 'ok') return;
  throw refused(connection, exchange, reply);
}

function refused(connection: Pop3Connection, exchange: SaslExchange, reply: Pop3Reply): SyncError {
  const error = connection.refusal(reply, 'auth');
  const byToken = exchange.mechanism === 'XOAUTH2' || exchange.mechanism === 'OAUTHBEARER';
  // Tokens are renewed from outside: a refused one may be replaced by the next cycle.
  return byToken && error.classified.class === 'auth-dead'
    ? new SyncError({ ...error.classified, class: 'auth-maybe', code: 'pop3-token-refused' })
    : error;
}

function configError(code: string, text: string): SyncError {
  return new SyncError({ class: 'config', code, text, phase: 'auth' });
}
