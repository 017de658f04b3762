import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import type { LimiterDefinition } from '../../limits/limiter.ts';
import { createLimits } from '../../limits/limits.ts';
import { createMailHost, type MailboxSpec } from '../../mailbox/create-mail-host.ts';
import type { MailHost } from '../../mailbox/mail-host.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { Arrival, ByteStream, UpgradeToTls } from '../../network/byte-stream.ts';
import { foldersAreLabels } from '../../profiles/folders-are-labels.ts';
import type { ProviderProfile } from '../../profiles/profile.ts';
import type { Rule, RuleBook } from '../../rules/rule.ts';
import { createRuleBook } from '../../rules/rule-book.ts';
import type { ServerContext } from '../../server-context.ts';
import type { TraceEvent } from '../../trace/event.ts';
import { Conversation } from './conversation.ts';
import { HandClock } from './hand-clock.ts';

export interface Stage {
  readonly clock: HandClock;
  readonly mail: MailHost;
  readonly mailbox: Mailbox;
  readonly rules: RuleBook;
  readonly events: TraceEvent[];
  readonly kills: { count: number };
  connect(options?: {
    encrypted?: boolean;
    upgrade?: (stream: ByteStream) => Promise<ByteStream>;
  }): Conversation;
  /** Connects and signs in as `anna@alpha.test`. */
  signIn(): Conversation;
  deliver(...texts: readonly string[]): void;
}

export const password = 'anna s3cret ';

export interface StageOptions {
  rules?: readonly Rule[];
  limits?: readonly LimiterDefinition[];
  mailboxes?: readonly MailboxSpec[];
}

/** The server under test, and how a client that speaks to it signs in. */
export interface Act {
  readonly protocol: 'imap' | 'pop3';
  readonly profile: Pick<ProviderProfile, 'imap' | 'pop3'>;
  serve(
    stream: ByteStream,
    arrival: Arrival,
    context: ServerContext,
    options: { readonly upgradeToTls?: UpgradeToTls },
  ): void;
  /** Throws when the server does not let it in. */
  signIn(conversation: Conversation, address: string, password: string): void;
}

/** A host with one mailbox and a server from which mail is fetched, for tests. */
export function stageOf(act: Act, options: StageOptions): Stage {
  const clock = new HandClock();
  const startMs = clock.now();
  const entropy = new KeyedEntropy(7);
  const events: TraceEvent[] = [];
  const trace = { emit: (event: TraceEvent) => void events.push(event), subscribe: () => () => {} };
  const address = 'anna@alpha.test';
  const tokens = [{ token: 'good-token', expiresAtMs: startMs + 3_600_000 }];
  const mailboxes = options.mailboxes ?? [{ address, password, tokens }];
  const labels = foldersAreLabels(act.profile);
  const mail = createMailHost({ domain: 'alpha.test', clock, entropy, trace, mailboxes, labels });
  const definitions = options.limits ?? [];
  const rules = createRuleBook({ rules: options.rules ?? [], clock, startMs, entropy, trace });
  const limits = createLimits({ definitions, clock, trace, entropy });
  const kills = { count: 0 };
  const profile = { name: 'test', title: 'Test', ...act.profile, limits: definitions, faults: [] };
  const kill = (): void => {
    kills.count += 1;
  };
  const context: ServerContext = { clock, entropy, trace, rules, limits, mail, profile, kill };
  const mailbox = mail.find(address);
  if (mailbox === undefined) throw new Error(`A stage needs the mailbox ${address}.`);
  let connections = 0;
  const connect: Stage['connect'] = ({ encrypted = false, upgrade } = {}) => {
    const conversation = new Conversation();
    connections += 1;
    const arrival = {
      connection: `${act.protocol}#${connections}`,
      ordinal: connections,
      remoteAddress: '10.0.0.2',
      encrypted,
    };
    act.serve(conversation, arrival, context, upgrade === undefined ? {} : { upgradeToTls: upgrade });
    return conversation;
  };
  return {
    clock,
    mail,
    mailbox,
    rules,
    events,
    kills,
    connect,
    signIn: () => {
      const conversation = connect();
      act.signIn(conversation, address, password);
      return conversation;
    },
    deliver: (...texts) => {
      for (const text of texts)
        mail.deliver(mailbox, { raw: Buffer.from(text), envelopeFrom: 'bob@beta.test' });
    },
  };
}
