import * as v from 'valibot';
import type { Rule } from '../simulators/index.ts';
import { operationSchema, timeMs } from './operation.ts';
import { accesses } from './way.ts';

const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name is 1 to 40 of a-z, 0-9 and "-"'),
);
const domain = v.pipe(v.string(), v.regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain looks like "alpha.test"'));
const uint32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000_000_000));
const natural = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000_000));

/** A provider profile's limiter, set to other numbers for this scenario. */
const limitSchema = v.strictObject({
  limit: v.optional(positive),
  periodMs: v.optional(positive),
  enabled: v.optional(v.boolean()),
});

const delaySchema = v.union([
  timeMs,
  v.strictObject({ fromMs: timeMs, toMs: timeMs }),
  v.strictObject({ p50Ms: timeMs, p99Ms: timeMs }),
]);

/** The settings of the engine a scenario may set; they keep the engine's names, units and meaning. */
const settingsSchema = v.strictObject({
  incomingWindowMs: v.optional(positive),
  outgoingWindowMs: v.optional(positive),
  mailboxBackoffOnTransientErrorMs: v.optional(positive),
  maxMailboxTransientFailures: v.optional(positive),
  throttleBackoffMs: v.optional(positive),
  throttleBackoffMaxMs: v.optional(positive),
  maxConcurrentIncoming: v.optional(positive),
  maxConcurrentOutgoing: v.optional(positive),
  incomingMaximumEmailsPerCycle: v.optional(positive),
  incomingMaximumBytesPerCycle: v.optional(positive),
  incomingCommitEvery: v.optional(positive),
  incomingEmailExchangeEmailRetrievalBatchSize: v.optional(positive),
  trackingFolderCheckMs: v.optional(positive),
  incomingEmailMaximumSizeLimitBytes: v.optional(positive),
  maxItemStrikes: v.optional(positive),
  backgroundSendBatchSize: v.optional(positive),
  maximumDeliveryAttempts: v.optional(positive),
  smtpFinalDotTimeoutMs: v.optional(positive),
  leaseMs: v.optional(positive),
  cycleBudgetMs: v.optional(positive),
});

/**
 * A scenario is plain data: it can be generated, shrunk, written to a capsule and read back. All times are
 * milliseconds since the world began.
 */
export const scenarioSchema = v.strictObject({
  schema: v.literal(1),
  /** The suite that judges it. */
  suite: name,
  seed: uint32,
  providers: v.pipe(
    v.array(
      v.strictObject({
        domain,
        /** Name of a provider profile: `dovecot-postfix`, `exchange-online`, … */
        profile: name,
        access: v.optional(v.picklist(accesses), 'pop3-smtp'),
        limits: v.optional(v.record(v.string(), limitSchema), {}),
        /** The engine's own cap for this server, 1 to 300. */
        maxConcurrentConnections: v.optional(
          v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(300)),
          10,
        ),
        /** Over IMAP: the engine listens in IDLE between cycles. */
        hints: v.optional(v.boolean()),
      }),
    ),
    v.minLength(1),
    v.maxLength(20),
  ),
  mailboxes: v.pipe(
    v.array(
      v.strictObject({
        id: name,
        domain,
        incoming: v.optional(v.boolean(), true),
        outgoing: v.optional(v.boolean(), true),
        deleteAfterProcessing: v.optional(v.boolean(), false),
        /** IMAP: the engine keeps flags the same in mailbox and record. */
        synchronizeFlags: v.optional(v.boolean(), false),
      }),
    ),
    v.minLength(1),
    v.maxLength(10_000),
  ),
  /** One way, per packet. */
  latencyMs: v.optional(delaySchema, 20),
  settings: v.optional(settingsSchema, {}),
  plugIns: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name,
          mode: v.picklist(['synchronous', 'asynchronous']),
          takesMs: timeMs,
          /** Refuses every message whose subject begins with this: poison. */
          refusesSubject: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(80))),
        }),
      ),
      v.maxLength(5),
    ),
    [],
  ),
  operations: v.optional(v.pipe(v.array(operationSchema), v.maxLength(2_000)), []),
  /** Rules of the simulators' grammar; `readScenario` has them checked there. */
  rules: v.optional(
    v.pipe(
      v.array(v.custom<Rule>((one) => typeof one === 'object' && one !== null, 'must be an object')),
      v.maxLength(200),
    ),
    [],
  ),
  /** Rules fire until then; afterwards the world heals and has to converge. */
  faultsUntilMs: v.optional(timeMs, 0),
  /** Virtual time to converge in, after faults and operations are over. */
  settleMs: v.optional(timeMs, 2 * 60 * 60 * 1000),
  /** How long to watch after convergence: a fixpoint must stay one. */
  quietMs: v.optional(timeMs, 0),
  /** Name of a bug to put into the engine (see mutants/); only for scenarios that are meant to fail. */
  mutant: v.optional(name),
  /** Numbers a suite hands from its generator to its law: what is predicted, and of what. */
  expects: v.optional(v.record(v.string(), natural), {}),
});

export type Scenario = v.InferOutput<typeof scenarioSchema>;
/** What one writes: everything with a default may be left out. */
export type ScenarioInput = v.InferInput<typeof scenarioSchema>;

export const addressOf = (mailbox: Scenario['mailboxes'][number]): string =>
  `${mailbox.id}@${mailbox.domain}`;
