/**
 * Draws keyed by name. A draw depends on (seed, site, subject, ordinal) and on nothing else: taking one rule or
 * operation out of a scenario changes no other draw, which is what makes shrinking work.
 *
 * `site` names the code that draws (`network.latency`), `subject` the thing it draws for (`pop3#12`). The
 * ordinal counts the draws of that (site, subject), unless given.
 */
export interface Entropy {
  readonly seed: number;
  /** Uniform in [0, 1). */
  float(site: string, subject: string, ordinal?: number): number;
  /** Uniform integer in [0, 2^32). */
  uint32(site: string, subject: string, ordinal?: number): number;
  /** `length` uniform bytes. */
  bytes(length: number, site: string, subject: string, ordinal?: number): Buffer;
}
