/** Protocols the world speaks; a rule, a limiter and a trace event all name one of these. */
export type Protocol = 'pop3' | 'smtp' | 'imap' | 'graph';

/**
 * What can happen in a world. Events carry no time of their own: the trace stamps them with virtual
 * milliseconds since the world began. `argument` and `text` are redacted where they are made: a secret never
 * enters an event.
 */
export type TraceEvent =
  | { kind: 'connect'; protocol: Protocol; connection: string; from: string; encrypted: boolean }
  | { kind: 'disconnect'; protocol: Protocol; connection: string; how: 'end' | 'reset' | 'close' | 'timeout' }
  | {
      kind: 'command';
      protocol: Protocol;
      connection: string;
      mailbox?: string | undefined;
      command: string;
      argument?: string | undefined;
    }
  | {
      kind: 'reply';
      protocol: Protocol;
      connection: string;
      mailbox?: string | undefined;
      command: string;
      text: string;
      sizeBytes: number;
    }
  | {
      kind: 'fault';
      rule: string;
      action: string;
      protocol: Protocol;
      connection: string;
      mailbox?: string | undefined;
      phase: string;
      command?: string | undefined;
    }
  | {
      kind: 'throttle';
      limiter: string;
      key: string;
      breach: string;
      protocol: Protocol;
      connection: string;
      mailbox?: string | undefined;
      retryAtMs?: number | undefined;
    }
  | {
      kind: 'accepted';
      protocol: Protocol;
      connection: string;
      mailbox?: string | undefined;
      messageId: string;
      recipients: number;
      sizeBytes: number;
    }
  | { kind: 'delivered'; mailbox: string; message: string; folder: string; sizeBytes: number }
  | { kind: 'removed'; mailbox: string; message: string; by: string }
  | { kind: 'operation'; id: string; operation: string; mailbox?: string | undefined }
  | { kind: 'phase'; name: string }
  /** Told by a system under test (the engine, or somebody else's), which the simulators know nothing about. */
  | { kind: 'cycle-start'; mailbox: string; workload: string; fence: number }
  | {
      kind: 'cycle-end';
      mailbox: string;
      workload: string;
      fence: number;
      outcome: string;
      items: number;
      failed: number;
      nextRunAtMs: number;
      wait: string;
    }
  | { kind: 'commit'; unit: string; mailbox?: string | undefined; writes: number }
  | { kind: 'send'; mailbox: string; record: string; outcome: string; attempt: number }
  | { kind: 'alert'; mailbox?: string | undefined; code: string; severity: string }
  | { kind: 'engine'; what: string; engine: string };

/** A stamped event. `atMs` is virtual milliseconds since the world began, `n` its place in the trace. */
export type Traced = TraceEvent & { atMs: number; n: number };

/** Where events go. The world's trace digests and keeps them; a server over TCP may print or drop them. */
export interface Trace {
  emit(event: TraceEvent): void;
  /** Calls `listener` for each event from now on. Returns the way to stop. */
  subscribe(listener: (event: Traced) => void): () => void;
}
