/** Input from outside (a scenario, a capsule, an option) that cannot be used: one sentence with place and remedy. */
export class InputError extends Error {
  readonly code = 'bad-input';
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}
