import type { Clock } from '../../clock/clock.ts';
import { SteppedClock } from '../../clock/stepped-clock.ts';
import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import type { LimiterDefinition } from '../../limits/limiter.ts';
import { createLimits } from '../../limits/limits.ts';
import { createMailHost } from '../../mailbox/create-mail-host.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import { loadProfile } from '../../profiles/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { createRuleBook } from '../../rules/rule-book.ts';
import { createGraphService } from '../create-graph-service.ts';
import type { GraphService } from '../graph-service.ts';

/** When the clock of a bench stands at first. */
export const benchStartMs = Date.UTC(2026, 2, 2, 8);

/** For tests: Graph in front of one mailbox, and anybody with the token `good` may do everything. */
export interface GraphBench {
  readonly service: GraphService;
  readonly anna: Mailbox;
  readonly clock: Clock;
  /** `/mailFolders/inbox/messages` or a whole link; resolves with the status, the headers and the body parsed. */
  ask(path: string, init?: RequestInit, token?: 'good' | 'other app'): Promise<Answer>;
  /** Delivers a message and returns its id in the model. */
  deliver(options?: {
    readonly subject?: string;
    readonly from?: string;
    readonly to?: string;
    readonly text?: string;
    readonly folder?: string;
    readonly header?: string;
  }): string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Whatever came: tests say what they expect of it. */
  // biome-ignore lint/suspicious/noExplicitAny: the body of a reply is judged by the test that asked for it.
  readonly body: any;
}

export function openGraphBench(
  options: { rules?: readonly Rule[]; limits?: readonly LimiterDefinition[]; clock?: Clock } = {},
): GraphBench {
  const clock = options.clock ?? new SteppedClock(benchStartMs);
  const entropy = new KeyedEntropy(1);
  const trace = { emit: () => {}, subscribe: () => () => {} };
  const mail = createMailHost({
    domain: 'alpha.test',
    clock,
    entropy,
    trace,
    mailboxes: [{ address: 'anna@alpha.test' }],
  });
  const anna = mail.find('anna@alpha.test');
  if (anna === undefined) throw new Error('The mailbox that was just made is not there.');
  const profile = loadProfile('exchange-online');
  if (profile.graph === undefined) throw new Error('Exchange Online has Graph.');
  const service = createGraphService(
    {
      clock,
      entropy,
      trace,
      mail,
      rules: createRuleBook({ rules: options.rules ?? [], clock, startMs: clock.now(), entropy, trace }),
      limits: createLimits({ definitions: options.limits ?? [], clock, trace, entropy }),
      profile: { ...profile, graph: { ...profile.graph, serviceTimeMs: 0 } },
    },
    {
      host: 'graph.alpha.test',
      authorityUrl: 'https://login.alpha.test',
      authority: {
        check: (token) =>
          token === 'good' || token === 'other%20app'
            ? {
                ok: true,
                token: {
                  appId: token === 'good' ? 'app' : 'other app',
                  tenant: 'tenant',
                  roles: ['Mail.ReadWrite', 'Mail.Send', 'MailboxSettings.ReadWrite'],
                  expiresAtMs: Number.POSITIVE_INFINITY,
                },
              }
            : { ok: false, reason: 'malformed' },
      },
    },
  );
  let delivered = 0;
  return {
    service,
    anna,
    clock,
    async ask(path, init = {}, token = 'good') {
      const url = path.startsWith('https:') ? path : `${service.baseUrl}/users/anna@alpha.test${path}`;
      const headers = new Headers(init.headers);
      headers.set('Authorization', `Bearer ${encodeURIComponent(token)}`);
      const response = await service.handle(new Request(url, { ...init, headers }));
      const text = await response.text();
      const json = /json/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        body: json && text !== '' ? JSON.parse(text) : text,
      };
    },
    deliver(wish = {}) {
      delivered += 1;
      const { subject = `Mail ${delivered}`, from = 'Bob <bob@beta.test>', to = 'anna@alpha.test' } = wish;
      const lines = [
        `From: ${from}`,
        `To: ${to}`,
        `Subject: ${subject}`,
        `Message-ID: <m${delivered}@beta.test>`,
        ...(wish.header === undefined ? [] : [wish.header]),
        '',
        wish.text ?? `Text ${delivered}.`,
        '',
      ];
      const raw = Buffer.from(lines.join('\r\n'));
      const folder = wish.folder ?? 'INBOX';
      return mail.deliver(anna, { raw, envelopeFrom: 'bob@beta.test', folder }).id;
    },
  };
}
