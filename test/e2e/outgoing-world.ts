import { providerCycle } from '../../engine/providers/provider-cycles.ts';
import type { OutgoingEmail } from '../../engine/records/email.ts';
import { defaultSettings } from '../../engine/records/settings.ts';
import type { CycleResult } from '../../engine/schedule/cycle.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../engine/store/store.ts';
import { createWorld, type Rule, type World } from '../../simulators/index.ts';
import { pop3 } from '../../simulators/profiles/dovecot-postfix/pop3.ts';
import { smtp } from '../../simulators/profiles/dovecot-postfix/smtp.ts';
import { cycleContext } from '../engine/cycle-context.ts';

/** One provider in virtual time, one mailbox of it kept by the engine, and the outgoing cycle to run. */
export class OutgoingWorld {
  readonly #world: World;
  readonly #store: Store = openSqliteStore({ path: ':memory:' });
  #queued = 0;

  constructor(rules: readonly Rule[], seed: number) {
    this.#world = createWorld({
      seed,
      rules,
      providers: [
        {
          profile: {
            name: 'dovecot-postfix',
            title: 'Dovecot and Postfix',
            pop3,
            smtp,
            limits: [],
            faults: [],
          },
          domain: 'alpha.test',
          mailboxes: [
            { address: 'ann@alpha.test', password: 's3cret-word' },
            { address: 'bob@alpha.test', password: 'x' },
            { address: 'cy@alpha.test', password: 'x' },
          ],
        },
      ],
    });
  }

  run<T>(main: () => Promise<T>): Promise<T> {
    return this.#world.run(main);
  }

  async setUp(security: 'tls' | 'starttls'): Promise<void> {
    const { host, port, tlsPort } = this.#provider.smtp;
    const location = {
      host,
      port: security === 'tls' ? tlsPort : port,
      security,
      allowInvalidCertificate: true,
    };
    await this.#store.saveProfile({
      id: 'p1',
      name: 'alpha',
      serverType: 'pop3-smtp',
      incoming: location,
      outgoing: location,
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    await this.#store.saveMailbox({
      id: 'm1',
      name: 'Ann',
      emailAddress: 'ann@alpha.test',
      emailServerProfileId: 'p1',
      credential: { username: 'ann@alpha.test', secret: 'ann', mechanism: 'password' },
      enabledForIncomingEmail: false,
      enabledForOutgoingEmail: true,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: false,
    });
  }

  async queue(id: string, to: readonly string[]): Promise<void> {
    this.#queued += 1;
    await this.#store.queueEmail(
      { id, mailboxId: 'm1', subject: id, to: to.map((address) => ({ address })), textBody: `body of ${id}` },
      { messageId: `<${id}@mailclock.alpha.test>`, queuedOn: this.#world.clock.now() + this.#queued },
    );
  }

  /** Waits for the next run and makes it. */
  async cycle(): Promise<CycleResult> {
    const { clock } = this.#world;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 6 * 60_000));
    const [lease] = await this.#store.leaseDue({
      workload: 'outgoing',
      now: clock.now(),
      limit: 1,
      owner: 'engine',
      leaseMs: defaultSettings.leaseMs,
    });
    const mailbox = await this.#store.mailbox('m1');
    const profile = await this.#store.profile('p1');
    if (lease === undefined || mailbox === undefined || profile === undefined)
      throw new Error('The outgoing workload is not due, or its records are gone.');
    const context = cycleContext({
      lease,
      mailbox,
      profile,
      store: this.#store,
      clock,
      connector: this.#world.life('engine').connector,
      settings: defaultSettings,
      signal: new AbortController().signal,
    });
    const report = await providerCycle('outgoing')(context);
    if (report.ended === undefined) await this.#store.finishCycle(lease, context.end(report.result));
    return report.result;
  }

  rows(): Promise<readonly OutgoingEmail[]> {
    return this.#store.outgoingEmails('m1');
  }

  async statuses(): Promise<readonly number[]> {
    return (await this.rows()).map((row) => row.status);
  }

  /** `id address` of every copy the server took responsibility for, in order. */
  copies(): readonly string[] {
    return this.#provider.mail.truth.submissions.flatMap(({ messageId, recipients }) =>
      recipients
        .filter(({ outcome }) => outcome === 'delivered' || outcome === 'outside')
        .map(({ address }) => `${messageId?.slice(1).split('@')[0]} ${address}`),
    );
  }

  connections(): number {
    return this.#provider.smtp.peakOpen;
  }

  /** From here on no fault happens any more. */
  heal(): void {
    this.#world.rules.heal();
  }

  /** How often each rule fired. */
  fired(): readonly number[] {
    return this.#world.rules.ledger().map(({ fired }) => fired);
  }

  async end(): Promise<void> {
    this.#world.end();
    await this.#store.close();
  }

  get #provider() {
    return this.#world.provider('alpha.test');
  }
}
