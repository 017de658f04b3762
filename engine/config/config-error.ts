import { EngineError } from '../errors/engine-error.ts';

/** A configuration that cannot be used: one sentence with file, place and remedy, and never a secret. */
export class ConfigError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-input', message, options);
    this.name = 'ConfigError';
  }
}
