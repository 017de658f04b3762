/**
 * Policy: an app is told of the changes it asked about, once, with its own clientState, for as long as its subscription
 * lives; what fails is tried again for as long as the provider says, and rules can make it late, doubled or lost.
 */
import { afterEach, expect, test } from 'vitest';
import { SteppedClock } from '../../clock/stepped-clock.ts';
import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import { createLimits } from '../../limits/limits.ts';
import { createMailHost } from '../../mailbox/create-mail-host.ts';
import type { Rule } from '../../rules/rule.ts';
import { createRuleBook } from '../../rules/rule-book.ts';
import type { Subscription } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';

const startMs = Date.UTC(2026, 2, 2);
const hourMs = 3_600_000;
const rules = {
  answerWithinMs: 3_000,
  retryForMs: 4 * hourMs,
  slowAfterMs: 2_900,
  minSample: 10,
  countedForMs: 600_000,
  heldBackFromShare: 0.1,
  heldBackForMs: 600_000,
  droppedFromShare: 0.15,
};

interface Entry {
  readonly changeType?: string;
  readonly lifecycleEvent?: string;
  readonly clientState?: string;
  readonly resourceData?: { readonly id: string };
}

let close = (): void => {};
afterEach(() => close());

function stage(options: { rules?: readonly Rule[] } = {}) {
  const clock = new SteppedClock(startMs);
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
  const posts: { atMs: number; url: string; value: readonly Entry[] }[] = [];
  const receiver = { answer: async (_url: string): Promise<Response> => new Response(null, { status: 202 }) };
  const subscriptions = new Subscriptions({
    context: {
      clock,
      entropy,
      trace,
      mail,
      rules: createRuleBook({ rules: options.rules ?? [], clock, startMs, entropy, trace }),
      limits: createLimits({ definitions: [], clock, trace, entropy }),
      profile: { name: 'bench', title: 'Bench', limits: [], faults: [] },
    },
    rules,
    deliverTo: () => async (request) => {
      const { value } = JSON.parse(await request.text()) as { value: readonly Entry[] };
      posts.push({ atMs: clock.now() - startMs, url: request.url, value });
      return receiver.answer(request.url);
    },
    userId: () => 'user-1',
    idOf: ({ folder, messageId }, immutable) => (immutable ? messageId : `${folder.name}:${messageId}`),
    etagOf: () => 'W/"1"',
  });
  close = () => subscriptions.close();
  let made = 0;
  const subscribe = (wish: Partial<Subscription> = {}): Subscription => {
    made += 1;
    const subscription: Subscription = {
      id: `s${made}`,
      appId: 'app',
      tenant: 'tenant',
      resource: 'users/anna@alpha.test/messages',
      mailbox: anna,
      folder: anna.inbox,
      changeTypes: ['created', 'updated', 'deleted'],
      notificationUrl: 'https://crm.test/hook',
      lifecycleNotificationUrl: undefined,
      clientState: 'secret',
      expiresAtMs: startMs + 72 * hourMs,
      immutableIds: true,
      renewals: 0,
      ...wish,
    };
    subscriptions.add(subscription);
    return subscription;
  };
  const deliver = (folder = 'INBOX'): string =>
    mail.deliver(anna, { raw: Buffer.from('Subject: x\r\n\r\n'), envelopeFrom: '', folder }).id;
  const told = (): readonly string[] =>
    posts.flatMap(({ value }) =>
      value.map((entry) =>
        `${entry.changeType ?? entry.lifecycleEvent} ${entry.resourceData?.id ?? ''}`.trim(),
      ),
    );
  return { clock, anna, posts, receiver, subscriptions, subscribe, deliver, told };
}

const rule = (what: Rule['what'], where: Rule['where'] = {}): Rule => ({
  id: 'notifications',
  where: { protocol: 'graph', command: 'NOTIFY', ...where },
  what,
});

test('changes of the watched folder are told together, with the state the client gave', async () => {
  const { clock, anna, posts, subscribe, deliver } = stage();
  subscribe();
  subscribe({ changeTypes: ['deleted'], notificationUrl: 'https://other.test/' });
  const id = deliver();
  anna.addFlag(id, '\\Seen');
  deliver('Archive');
  await clock.advance(2_000);
  expect(posts).toHaveLength(1);
  expect(posts[0]?.value).toEqual([
    {
      subscriptionId: 's1',
      subscriptionExpirationDateTime: '2026-03-05T00:00:00.000Z',
      changeType: 'created',
      resource: `Users/user-1/Messages/${id}`,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.Message',
        '@odata.id': `Users/user-1/Messages/${id}`,
        '@odata.etag': 'W/"1"',
        id,
      },
      clientState: 'secret',
      tenantId: 'tenant',
    },
    expect.objectContaining({ changeType: 'updated' }),
  ]);
});

test('a move is a deletion here and a creation there, or an update to who watches all by ids that survive', async () => {
  const { clock, anna, subscribe, deliver, told } = stage();
  const id = deliver();
  subscribe({ notificationUrl: 'https://a.test/', changeTypes: ['created', 'deleted'], immutableIds: false });
  subscribe({ notificationUrl: 'https://b.test/', folder: undefined });
  subscribe({ notificationUrl: 'https://c.test/', folder: anna.role('archive'), changeTypes: ['created'] });
  anna.move(id, 'Archive');
  await clock.advance(2_000);
  expect(told()).toEqual([`deleted INBOX:${id}`, `updated ${id}`, `created ${id}`]);
});

test('an expired subscription is told nothing and is not found; a renewed one lives on', async () => {
  const { clock, subscriptions, subscribe, deliver, told, anna } = stage();
  const dying = subscribe({ expiresAtMs: startMs + hourMs });
  const renewed = subscribe({ expiresAtMs: startMs + hourMs });
  subscriptions.renew(renewed, startMs + 3 * hourMs);
  await clock.advance(2 * hourMs);
  const id = deliver();
  await clock.advance(2_000);
  expect(told()).toEqual([`created ${id}`]);
  expect([subscriptions.find(dying.id), subscriptions.find(renewed.id)]).toEqual([undefined, renewed]);
  expect(subscriptions.of('app')).toEqual([renewed]);
  expect(subscriptions.countIn(anna)).toBe(1);
});

test('a receiver that fails is tried again until the notification is too old, and then missed it', async () => {
  const { clock, posts, receiver, subscribe, deliver, told } = stage();
  subscribe({ lifecycleNotificationUrl: 'https://crm.test/lifecycle' });
  receiver.answer = async (url) => {
    if (url.endsWith('/hook')) throw new TypeError('fetch failed');
    return new Response(null, { status: 202 });
  };
  deliver();
  await clock.advance(5 * hourMs);
  const tries = posts.filter(({ url }) => url.endsWith('/hook'));
  expect(tries.length).toBeGreaterThan(8);
  expect(tries.at(-1)?.atMs).toBeGreaterThan(3 * hourMs);
  expect(tries.at(-1)?.atMs).toBeLessThanOrEqual(4 * hourMs + 2_000);
  expect(told().at(-1)).toBe('missed');
});

test('a receiver that answers too late has failed, and is tried again', async () => {
  const { clock, posts, receiver, subscribe, deliver } = stage();
  subscribe();
  receiver.answer = () => new Promise((resolve) => clock.setTimeout(() => resolve(new Response()), 3_500));
  deliver();
  await clock.advance(20_000);
  expect(posts).toHaveLength(2);
});

test('a slow receiver gets its notifications late, and a slower one none', async () => {
  const { clock, posts, receiver, subscribe, deliver } = stage();
  subscribe();
  const answers = async (count: number, tookMs: number): Promise<void> => {
    receiver.answer = () => new Promise((resolve) => clock.setTimeout(() => resolve(new Response()), tookMs));
    for (let n = 0; n < count; n += 1) {
      deliver();
      await clock.advance(5_000);
    }
  };
  await answers(16, 100);
  await answers(2, 2_950);
  expect(posts).toHaveLength(18);
  // 2 of 18 were slow: the next waits ten minutes.
  await answers(1, 100);
  expect(posts).toHaveLength(18);
  await clock.advance(600_000);
  expect(posts).toHaveLength(19);
  // Counting began anew meanwhile.
  await answers(9, 100);
  await answers(2, 2_950);
  expect(posts).toHaveLength(30);
  // 2 of 12: thrown away, for good.
  await answers(1, 100);
  await clock.advance(hourMs);
  expect(posts).toHaveLength(30);
  await answers(1, 100);
  expect(posts).toHaveLength(31);
});

test('apps are warned before a subscription ends, and told when Graph removed it, unless it forgot to', async () => {
  const { clock, subscriptions, subscribe, told } = stage();
  const lifecycleNotificationUrl = 'https://crm.test/lifecycle';
  const first = subscribe({ lifecycleNotificationUrl });
  await clock.advance(71 * hourMs - 1_500);
  expect(told()).toEqual([]);
  await clock.advance(4_000);
  expect(told()).toEqual(['reauthorizationRequired']);
  subscriptions.drop(first);
  await clock.advance(2_000);
  expect(told()).toEqual(['reauthorizationRequired', 'subscriptionRemoved']);
  const second = subscribe({ lifecycleNotificationUrl, expiresAtMs: startMs + 100 * hourMs });
  subscriptions.drop(second, { silently: true });
  await clock.advance(2_000);
  expect(told()).toHaveLength(2);
  expect(subscriptions.find(second.id)).toBeUndefined();
});

test.each([
  ['late', rule({ kind: 'delay', delayMs: 60_000 }), 0, 1],
  ['doubled', rule({ kind: 'duplicate-reply' }), 2, 2],
  ['doubled by a flip', rule({ kind: 'flip', field: 'NOTIFY', how: 'doubled' }), 2, 2],
  ['lost', rule({ kind: 'reset' }), 0, 0],
  ['lost by a flip', rule({ kind: 'flip', field: 'NOTIFY', how: 'missing' }), 0, 0],
  ['untouched by rules for others', rule({ kind: 'reset' }, { argument: 'deleted' }), 1, 1],
])('a notification is %s', async (_, how, soon, inTheEnd) => {
  const { clock, subscribe, deliver, told } = stage({ rules: [how] });
  subscribe();
  deliver();
  await clock.advance(2_000);
  expect(told()).toHaveLength(soon);
  await clock.advance(120_000);
  expect(told()).toHaveLength(inTheEnd);
});
