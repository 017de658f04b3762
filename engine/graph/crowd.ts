/** So many mailboxes put off in a row are the application. Ours. */
const crowd = 3;

/**
 * Tells a limit of the application from limits of single mailboxes where a refusal does not say: when one mailbox after
 * the other is put off and nobody is served in between, it is the application that has to wait.
 */
export class Crowd {
  readonly #refused = new Set<string>();

  /** A mailbox was put off by a refusal that names no mailbox. Whether it is the application's by now. */
  refused(mailbox: string): boolean {
    this.#refused.add(mailbox);
    return this.#refused.size >= crowd;
  }

  /** A request of the application was served. */
  served(): void {
    if (this.#refused.size > 0) this.#refused.clear();
  }
}
