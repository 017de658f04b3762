import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { WorldHttp } from '../http/world-http.ts';
import { serveImap } from '../imap/serve-imap.ts';
import { createLimits } from '../limits/limits.ts';
import { createMailHost, type MailboxSpec } from '../mailbox/create-mail-host.ts';
import type { MailHost } from '../mailbox/mail-host.ts';
import type { ByteStream } from '../network/byte-stream.ts';
import type { LinkOptions, WorldListener, WorldNetwork } from '../network/world-network.ts';
import type { AppSpec } from '../oauth/app-spec.ts';
import type { TokenAuthority } from '../oauth/token-authority.ts';
import { servePop3 } from '../pop3/serve-pop3.ts';
import { foldersAreLabels } from '../profiles/folders-are-labels.ts';
import type { ProviderProfile } from '../profiles/profile.ts';
import type { RuleBook } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import { createSmtpService } from '../smtp/smtp-service.ts';
import type { Trace } from '../trace/event.ts';
import { type GraphDoor, type OAuthDoor, openWebServices, type WebServices } from './open-web-services.ts';

export interface ProviderSpec {
  readonly profile: ProviderProfile;
  /** `alpha.test`; its servers are `pop3.alpha.test`, `smtp.alpha.test`, `graph.alpha.test`, `login.alpha.test`. */
  readonly domain: string;
  readonly mailboxes: readonly MailboxSpec[];
  /** Applications registered in its tenant, where it has an identity platform. Default: one, drawn by name. */
  readonly apps?: readonly AppSpec[];
  /** How its servers are reached; the world's link by default. */
  readonly link?: LinkOptions;
}

/** A service of a provider, with the ports it listens on. */
export interface Service {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly listeners: readonly WorldListener[];
  /** The most connections that were ever open at one time, by the server's count. */
  readonly peakOpen: number;
}

/** One simulated provider: its mail and the servers in front of it. */
export interface Provider {
  readonly profile: ProviderProfile;
  readonly domain: string;
  readonly mail: MailHost;
  readonly pop3: Service;
  readonly smtp: Service;
  /** Absent where the profile has no IMAP. */
  readonly imap?: Service;
  /** Absent where the profile has no Graph. */
  readonly graph?: GraphDoor;
  readonly oauth?: OAuthDoor;
  close(): void;
}

type MailProtocol = 'pop3' | 'smtp' | 'imap';

interface Around {
  readonly clock: VirtualClock;
  readonly entropy: Entropy;
  readonly rules: RuleBook;
  readonly trace: Trace;
  readonly network: WorldNetwork;
  readonly http: WorldHttp;
  readonly kill: () => void;
}

const ports = { pop3: 110, pop3s: 995, imap: 143, imaps: 993, submission: 587, submissions: 465 };

export function openProvider(spec: ProviderSpec, around: Around): Provider {
  const { clock, entropy, trace, rules, network, http, kill } = around;
  const { profile, domain, mailboxes, link, apps } = spec;
  let web: WebServices | undefined;
  const authority = (): TokenAuthority | undefined => web?.oauth.service.authority;
  const labels = foldersAreLabels(profile);
  const mail = createMailHost({ domain, clock, entropy, trace, mailboxes, labels, authority });
  const limits = createLimits({ definitions: profile.limits, clock, trace, entropy });
  const context: ServerContext = { clock, entropy, trace, rules, limits, mail, profile, kill };
  if (profile.graph !== undefined) web = openWebServices(context, { domain, apps, http, link });
  const smtpService = createSmtpService(context, { host: `smtp.${domain}` });

  const listen = (host: string, protocol: MailProtocol, port: number, tls: boolean): WorldListener =>
    network.listen({
      host,
      port,
      protocol,
      tls,
      link,
      accept: (stream, arrival) => {
        const options = { host, upgradeToTls: (plain: ByteStream) => network.upgrade(plain) };
        if (protocol === 'pop3') servePop3(stream, arrival, context, options);
        else if (protocol === 'imap') serveImap(stream, arrival, context, options);
        else smtpService.accept(network.asSocket(stream), arrival);
      },
    });
  const service = (protocol: MailProtocol, port: number, tlsPort: number): Service => {
    const host = `${protocol}.${domain}`;
    const listeners = [listen(host, protocol, port, false), listen(host, protocol, tlsPort, true)];
    return {
      host,
      port,
      tlsPort,
      listeners,
      get peakOpen() {
        return Math.max(...listeners.map(({ peakOpen }) => peakOpen));
      },
    };
  };
  const pop3 = service('pop3', ports.pop3, ports.pop3s);
  const smtp = service('smtp', ports.submission, ports.submissions);
  const imap = profile.imap === undefined ? undefined : service('imap', ports.imap, ports.imaps);
  return {
    profile,
    domain,
    mail,
    pop3,
    smtp,
    ...(imap && { imap }),
    ...(web && { graph: web.graph, oauth: web.oauth }),
    close: () => {
      for (const listener of [...pop3.listeners, ...smtp.listeners, ...(imap?.listeners ?? [])])
        listener.close();
      smtpService.close();
      web?.close();
    },
  };
}
