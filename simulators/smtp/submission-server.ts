import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerAuthentication,
  type SMTPServerAuthenticationResponse,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import type { Arrival } from '../network/byte-stream.ts';
import type { SmtpProfile } from '../profiles/profile.ts';
import type { ServerContext } from '../server-context.ts';
import { mailFrom, rcptTo } from './envelope.ts';
import { signIn } from './sign-in.ts';
import { SmtpConversation } from './smtp-conversation.ts';
import type { SmtpServiceOptions } from './smtp-service.ts';
import { takeMessage } from './take-message.ts';

/** smtp-server with its hooks led to the conversation they belong to, and nothing waiting that need not. */
export class SubmissionServer extends SMTPServer {
  readonly context: ServerContext;
  readonly profile: SmtpProfile;
  readonly host: string;
  readonly #certificates: SmtpServiceOptions['tls'];
  readonly #conversations = new Map<string, SmtpConversation>();
  readonly #judged: ReadonlySet<string>;

  constructor(context: ServerContext, profile: SmtpProfile, options: SmtpServiceOptions) {
    const has = (extension: string): boolean => profile.extensions.some((name) => name === extension);
    super({
      logger: false,
      disableReverseLookup: true,
      authMethods: [...profile.auth],
      allowInsecureAuth: !profile.authNeedsTls,
      size: profile.maxMessageBytes,
      hideENHANCEDSTATUSCODES: !has('ENHANCEDSTATUSCODES'),
      hideDSN: !has('DSN'),
      hideSTARTTLS: !has('STARTTLS'),
      disabledCommands: [
        'WIZ',
        'SHELL',
        'KILL',
        'XCLIENT',
        'XFORWARD',
        'HELP',
        ...(has('STARTTLS') ? [] : ['STARTTLS']),
        ...(has('AUTH') ? [] : ['AUTH']),
      ],
      ...(options.tls === undefined ? {} : { key: options.tls.key, cert: options.tls.cert }),
    });
    this.context = context;
    this.profile = profile;
    this.host = options.host ?? profile.host;
    this.#certificates = options.tls;
    this.#judged = new Set(
      context.profile.limits
        .filter(({ protocol, judgedAt }) => protocol === 'smtp' && judgedAt.phase === 'command')
        .map(({ judgedAt }) => judgedAt.command ?? '*'),
    );
    this.on('error', () => {});
  }

  accept(socket: Duplex, arrival: Arrival): void {
    const conversation = new SmtpConversation(this, socket, arrival);
    this.connections.add(conversation);
    this.#conversations.set(conversation.id, conversation);
    conversation.on('error', () => conversation.close());
    conversation.init();
  }

  forget(id: string): void {
    this.#conversations.delete(id);
  }

  /** True when some limit is judged before this command. */
  judges(verb: string): boolean {
    return this.#judged.has('*') || this.#judged.has(verb);
  }

  /** This server with a certificate clients must refuse, for one handshake; undefined when it was given none. */
  withCertificate(fault: 'expired' | 'wrong-name'): SubmissionServer | undefined {
    const pair = fault === 'expired' ? this.#certificates?.expired : this.#certificates?.wrongName;
    if (pair === undefined) return undefined;
    const secureContext = new Map([['*', tls.createSecureContext(pair)]]);
    return Object.create(this, { secureContext: { value: secureContext } });
  }

  end(): void {
    for (const conversation of [...this.#conversations.values()]) conversation.shutDown();
  }

  override onConnect(_session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    callback();
  }

  override onSecure(
    _socket: unknown,
    _session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): void {
    callback();
  }

  override onAuth(
    auth: SMTPServerAuthentication,
    session: SMTPServerSession,
    callback: (error: Error | null | undefined, response?: SMTPServerAuthenticationResponse) => void,
  ): void {
    const conversation = this.#conversations.get(session.id);
    if (conversation !== undefined) signIn(conversation, auth, callback);
  }

  override onMailFrom(
    address: SMTPServerAddress,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): void {
    const conversation = this.#conversations.get(session.id);
    if (conversation !== undefined) mailFrom(conversation, address, callback);
  }

  override onRcptTo(
    address: SMTPServerAddress,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): void {
    const conversation = this.#conversations.get(session.id);
    if (conversation !== undefined) rcptTo(conversation, address, callback);
  }

  override onData(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): void {
    const conversation = this.#conversations.get(session.id);
    if (conversation !== undefined) takeMessage(conversation, stream, callback);
  }
}
