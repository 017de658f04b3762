/** What the engine tells the world outside, as data; never a secret, never a message's content. */
export type EngineEvent =
  | {
      readonly kind: 'cycle-start';
      readonly mailboxId: string;
      readonly workload: string;
      readonly fence: number;
      readonly atMs: number;
    }
  | {
      readonly kind: 'cycle-end';
      readonly mailboxId: string;
      readonly workload: string;
      readonly fence: number;
      readonly atMs: number;
      readonly startedAtMs: number;
      readonly outcome: string;
      readonly items: number;
      readonly failed: number;
      readonly nextRunAtMs: number;
      /** Why the next run is when it is: `window`, `transient`, `throttled`, `timeout`, `disabled`, … */
      readonly wait: string;
      readonly code?: string | undefined;
    }
  | {
      readonly kind: 'commit';
      readonly unit: string;
      readonly mailboxId?: string | undefined;
      readonly writes: number;
    }
  | {
      readonly kind: 'send';
      readonly mailboxId: string;
      readonly emailId: string;
      readonly outcome: string;
      readonly attempt: number;
    }
  | {
      readonly kind: 'alert';
      readonly mailboxId?: string | undefined;
      readonly code: string;
      readonly severity: string;
    }
  | { readonly kind: 'engine'; readonly what: 'started' | 'stopping' | 'stopped' };

export type Observer = (event: EngineEvent) => void;
