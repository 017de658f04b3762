export { loadConfig } from './config/load-config.ts';
export { readSecret } from './config/secrets.ts';
export { Engine, type EngineOptions, type RunSummary, type RunWorkload } from './engine.ts';
export { EngineError, SyncError } from './errors/engine-error.ts';
export type { ClassifiedError, ErrorClass } from './errors/error-class.ts';
export type { GraphAccess, GraphClientOptions } from './graph/graph-access.ts';
export type { GraphClient, GraphReply, GraphRequest } from './graph/graph-client.ts';
export { GraphFailure } from './graph/graph-failure.ts';
export { NodeConnector } from './net/node-connector.ts';
export type { DeliveredEmail, PlugIn } from './plugins/plug-in.ts';
export type { Clock } from './ports/clock.ts';
export type { ByteStream, Connector, Endpoint, Trust } from './ports/connector.ts';
export type { EngineEvent, Observer } from './ports/observer.ts';
export type { Random } from './ports/random.ts';
export { systemClock } from './ports/system-clock.ts';
export { systemRandom } from './ports/system-random.ts';
export type { Alert } from './records/alert.ts';
export { EmailStatus, type NewEmail, type OutgoingEmail, type ReceivedEmail } from './records/email.ts';
export type { EmailFlags } from './records/email-flags.ts';
export type {
  EmailServerProfile,
  ExchangeGraphProfile,
  GraphLocation,
  ImapSmtpProfile,
  Pop3SmtpProfile,
  ServerLocation,
} from './records/email-server-profile.ts';
export type { CredentialRef, Mailbox, MailboxStatistics, TokenGrant, Workload } from './records/mailbox.ts';
export type { SentCopy, SentCopyState } from './records/sent-copy.ts';
export { defaultSettings, type Settings } from './records/settings.ts';
export type { TrackedBy, Tracking, TrackingFolder } from './records/tracking.ts';
export type { Cycle, CycleContext, CycleReport, CycleResult } from './schedule/cycle.ts';
export { openSqliteStore, type SqliteStoreOptions } from './store/sqlite/open-sqlite-store.ts';
export type { ItemName, Store } from './store/store.ts';
