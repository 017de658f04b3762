import type { Clock } from '../clock/clock.ts';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import { serveImap } from '../imap/serve-imap.ts';
import { createLimits } from '../limits/limits.ts';
import { createMailHost, type MailboxSpec } from '../mailbox/create-mail-host.ts';
import type { MailHost } from '../mailbox/mail-host.ts';
import { listenTcp, type TcpListener, upgradeTcp } from '../network/tcp-listener.ts';
import type { AppSpec } from '../oauth/app-spec.ts';
import { appsOf } from '../oauth/apps-of.ts';
import type { TokenAuthority } from '../oauth/token-authority.ts';
import { servePop3 } from '../pop3/serve-pop3.ts';
import { foldersAreLabels } from '../profiles/folders-are-labels.ts';
import type { ProviderProfile } from '../profiles/profile.ts';
import type { Rule, RuleBook } from '../rules/rule.ts';
import { createRuleBook } from '../rules/rule-book.ts';
import type { ServerContext } from '../server-context.ts';
import { createSmtpService } from '../smtp/smtp-service.ts';
import type { Protocol, Trace } from '../trace/event.ts';
import { type OpenWeb, openWeb } from './open-web.ts';
import { createTestCertificates } from './test-certificates.ts';

export interface ServeOptions {
  readonly profile: ProviderProfile;
  readonly domain: string;
  readonly mailboxes: readonly MailboxSpec[];
  /** Put into every mailbox before anybody connects, in this order. */
  readonly messages?: readonly Buffer[];
  readonly rules?: readonly Rule[];
  /** Applications registered in the tenant, where the profile has Graph. Default: one, drawn by name. */
  readonly apps?: readonly AppSpec[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, is any free port. */
  readonly ports?: Partial<Record<ServiceName | WebName, number>>;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly seed: number;
}

export type ServiceName = 'pop3' | 'pop3s' | 'smtp' | 'smtps' | 'imap' | 'imaps';
/** Served over HTTPS, where the profile has Graph. */
export type WebName = 'graph' | 'login';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Servers that listen on TCP and TLS, and what they know. */
export interface Serving {
  readonly endpoints: Readonly<Record<ServiceName, Endpoint>> &
    Readonly<Partial<Record<WebName, Endpoint & { readonly url: string }>>>;
  /** Where the profile has Graph: the applications that may ask for tokens, with their secrets. */
  readonly apps: readonly { readonly clientId: string; readonly clientSecret: string | undefined }[];
  /** The certificate authority to trust, PEM. */
  readonly ca: string;
  readonly mail: MailHost;
  readonly rules: RuleBook;
  readonly listeners: Readonly<Record<ServiceName, TcpListener>>;
  close(): Promise<void>;
}

/** Opens the servers of one provider on loopback TCP, on whatever clock: POP3, SMTP, IMAP, and Graph where it has it. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { profile, domain, clock, trace, mailboxes } = options;
  const host = options.host ?? '127.0.0.1';
  const startMs = clock.now();
  const entropy = new KeyedEntropy(options.seed);
  const killer = options.rules?.find(({ what }) => what.kind === 'kill');
  if (killer !== undefined) {
    throw new Error(
      `Rule ${killer.id} kills the client, which only a world can do: leave it out when real clients are served.`,
    );
  }
  const rules = createRuleBook({ rules: options.rules ?? [], clock, startMs, entropy, trace });
  let web: OpenWeb | undefined;
  const authority = (): TokenAuthority | undefined => web?.oauth.authority;
  const labels = foldersAreLabels(profile);
  const mail = createMailHost({ domain, clock, entropy, trace, mailboxes, labels, authority });
  for (const mailbox of mail.mailboxes.values()) {
    for (const raw of options.messages ?? []) mail.deliver(mailbox, { raw, envelopeFrom: '' });
  }
  const limits = createLimits({ definitions: profile.limits, clock, trace, entropy });
  const context: ServerContext = { clock, entropy, trace, rules, limits, mail, profile };
  const certificates = await createTestCertificates(
    ['pop3', 'smtp', 'imap'].map((name) => `${name}.${domain}`),
    startMs,
  );
  const identity = { key: certificates.key, cert: certificates.cert };
  const smtpService = createSmtpService(context, { tls: identity });
  const connections = new Map<Protocol, number>();
  const nextConnection = (protocol: Protocol): string => {
    const number = (connections.get(protocol) ?? 0) + 1;
    connections.set(protocol, number);
    return `${protocol}#${number}`;
  };

  const open = (name: ServiceName): Promise<TcpListener> => {
    const protocol = name.startsWith('pop3') ? 'pop3' : name.startsWith('imap') ? 'imap' : 'smtp';
    return listenTcp({
      host,
      port: options.ports?.[name] ?? 0,
      protocol,
      tls: name.endsWith('s') ? identity : undefined,
      clock,
      rules,
      trace,
      nextConnection,
      accept: (socket, arrival) => {
        const upgrade = { upgradeToTls: () => upgradeTcp(socket, identity) };
        if (protocol === 'smtp') smtpService.accept(socket, arrival);
        else if (protocol === 'imap') serveImap(socket, arrival, context, upgrade);
        else servePop3(socket, arrival, context, upgrade);
      },
    });
  };
  const names = ['pop3', 'pop3s', 'smtp', 'smtps', 'imap', 'imaps'] as const;
  const opened = new Map<ServiceName, TcpListener>();
  const closeAll = async (): Promise<void> => {
    smtpService.close();
    await Promise.all([web?.close(), ...[...opened.values()].map((listener) => listener.close())]);
  };
  try {
    for (const name of names) opened.set(name, await open(name));
    if (profile.graph !== undefined)
      web = await openWeb({
        ...{ context, domain, host, clock, nextConnection },
        apps: appsOf(options.apps, entropy, domain),
        ports: options.ports ?? {},
        tls: identity,
      });
  } catch (error) {
    await closeAll();
    throw error;
  }
  // Every name was set just above.
  const listeners = Object.fromEntries(opened) as Record<ServiceName, TcpListener>;
  const endpointOf = ({ port }: TcpListener): Endpoint => ({ host, port });
  const endpoints = {
    // And so here.
    ...(Object.fromEntries(names.map((name) => [name, endpointOf(listeners[name])])) as Record<
      ServiceName,
      Endpoint
    >),
    ...(web && {
      graph: { ...endpointOf(web.listeners.graph), url: web.baseUrl },
      login: { ...endpointOf(web.listeners.login), url: web.authority },
    }),
  };
  const apps = (web?.oauth.apps ?? []).map(({ clientId, secret }) => ({ clientId, clientSecret: secret }));
  return { endpoints, apps, ca: certificates.ca, mail, rules, listeners, close: closeAll };
}
