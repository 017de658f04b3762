/** What a client said does not fit the grammar of its command; the message says what was expected. */
export class BadArguments extends Error {
  constructor(expected: string) {
    super(`Invalid arguments: ${expected}`);
    this.name = 'BadArguments';
  }
}
