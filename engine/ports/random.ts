/**
 * Chance, drawn by name: `site` says what for (`backoff.jitter`), `subject` for whom (a mailbox id, a record id).
 * In production it is the system's; a test world gives one that repeats.
 */
export interface Random {
  /** Uniform in [0, 1). */
  float(site: string, subject: string): number;
  /** `length` random bytes as lower case hex (2 × length characters). */
  hex(length: number, site: string, subject: string): string;
}
